import FlowModel

/// Gives rendered flow outputs their declared types. Source: engine spec §3.9.
public struct OutputConversion: Sendable {
    private let conversion: InputConversion

    /// - Parameters:
    ///   - cipher: nil when the server has no encryption key; then SECRET outputs are refused.
    ///   - random: 64 random bits, for SECRET.
    public init(cipher: (any SecretCipher)?, random: @escaping @Sendable () -> UInt64) {
        conversion = InputConversion(cipher: cipher) { (random(), random()) }
    }

    /// A rendered value in the type of its output. SECRET gives an encrypted text (``EncryptedValue``); STRING gives text,
    /// JSON for a map or a list. Null stays null.
    /// - Throws: a problem with the output's id: ``Invalid output for `total`, Expected `INT` but received `x` …``.
    public func convert(_ value: Value, to output: FlowOutput) throws(InputProblem) -> Value {
        if value.isNull {
            if !output.required { return .null }
            throw InputProblem(
                inputID: output.id,
                message: "Invalid output for `\(output.id)`, missing required output, but received `null`")
        }
        guard let kind = FlowInput.Kind(rawValue: output.type) else {
            throw InputProblem(
                inputID: output.id, message: "Invalid output for `\(output.id)`, its type `\(output.type)` is unknown")
        }
        do throws(InputFault) {
            let input = FlowInput(id: output.id, kind: kind, mark: Mark(line: 1, column: 1))
            switch kind {
            case .string, .enum, .select: return .string(value.printed())
            case .file: return value
            case .secret:
                let text = try conversion.convert(.string(value.printed()), for: input, choices: nil)
                return EncryptedValue.wrap(text.plain())
            default: return try conversion.convert(value, for: input, choices: nil)
            }
        } catch {
            let received: Value = kind == .secret ? "********" : value
            throw InputProblem(
                inputID: output.id,
                message: "Invalid output for `\(output.id)`, \(error.message), but received `\(received.plain())`")
        }
    }
}
