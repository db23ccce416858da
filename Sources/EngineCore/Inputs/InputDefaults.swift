import Expressions
import FlowModel

/// The values that inputs have when nothing is given.
public enum InputDefaults {
    /// A default rendered, with the type that the input expects: a text stays one although YAML reads it as a number.
    static func rendered(_ written: Value, of input: FlowInput, in scope: Scope) throws(ExpressionError) -> Value {
        switch written {
        case .string(let text):
            let template = try Template.cached(text)
            return template.isConstant ? written : try template.value(in: scope)
        case .list, .map:
            return try Renderer.render(written, in: scope)
        default:
            switch input.kind {
            case .string, .enum, .select, .email, .uri, .secret: return .string(written.plain())
            default: return written
            }
        }
    }

    /// The defaults as they are written, nested: what `inputs` shows where inputs were never resolved, as in a trigger's
    /// own expressions and in executions of a webhook. Source: engine spec §10.
    public static func asWritten(_ inputs: [FlowInput]) -> ValueMap {
        var values: ValueMap = [:]
        for input in inputs { if let written = input.defaults { _ = values.set(written, at: input.id) } }
        return values
    }
}

/// Secrets among resolved inputs.
public enum InputSecrets {
    /// The same values with SECRET inputs in the clear, for expressions. A text that the key does not open stays as it is.
    public static func decrypted(_ values: ValueMap, of inputs: [FlowInput], with cipher: (any SecretCipher)?)
        -> ValueMap
    {
        guard let cipher, inputs.contains(where: { $0.kind == .secret }) else { return values }
        var clear = values
        for input in inputs where input.kind == .secret {
            guard case .string(let text)? = clear.value(at: input.id), let opened = try? cipher.decrypt(text) else {
                continue
            }
            clear.replace(input.id, with: .string(opened))
        }
        return clear
    }

    /// The secrets themselves, to be masked in logs.
    public static func clearTexts(of values: ValueMap, _ inputs: [FlowInput], with cipher: (any SecretCipher)?)
        -> [String]
    {
        let clear = decrypted(values, of: inputs, with: cipher)
        return inputs.filter { $0.kind == .secret }.compactMap { clear.value(at: $0.id)?.string }.filter { !$0.isEmpty }
    }
}

extension ValueMap {
    fileprivate mutating func replace(_ id: String, with value: Value) {
        if self[id] != nil { self[id] = value }
        guard let dot = id.firstIndex(of: "."), case .map(var below)? = self[String(id[..<dot])] else { return }
        below.replace(String(id[id.index(after: dot)...]), with: value)
        self[String(id[..<dot])] = .map(below)
    }
}
