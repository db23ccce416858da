import Expressions
import FlowModel

/// Turns raw values, texts of a form or typed values, into values of an input's kind. Source: engine spec §2.2.
struct InputConversion: Sendable {
    /// For SECRET; nil when the server has no key.
    var cipher: (any SecretCipher)?
    /// Two words of chance, for SECRET.
    var random: @Sendable () -> (UInt64, UInt64)

    /// The value as it is kept: dates, times and durations as their shortest ISO texts, secrets encrypted.
    /// - Parameter choices: the values that may be chosen; nil for no limit.
    func convert(_ raw: Value, for input: FlowInput, choices: [String]?) throws(InputFault) -> Value {
        switch input.kind {
        case .string:
            try TextInputs.check(raw, against: input)
            return raw
        case .email:
            try TextInputs.checkEmail(raw)
            return raw
        case .uri:
            try TextInputs.checkURI(raw)
            return raw
        case .file:
            try FileInputs.check(raw, of: input)
            return raw
        case .enum, .select:
            if input.required { try ChoiceInputs.check(raw, among: choices) }
            return raw
        case .multiselect:
            let items = try ListInputs.items(raw, as: .multiselect, of: itemKind(input) ?? .string, converter: self)
            try ChoiceInputs.check(each: items, among: choices)
            return .list(items)
        case .array:
            return .list(try ListInputs.items(raw, as: .array, of: itemKind(input), converter: self))
        case .int: return try NumberInputs.int(raw, of: input)
        case .float: return try NumberInputs.float(raw, of: input)
        case .boolean, .bool: return .bool(NumberInputs.flag(raw))
        case .dateTime: return try TimeInputs.dateTime(raw, of: input)
        case .date: return try TimeInputs.date(raw, of: input)
        case .time: return try TimeInputs.time(raw, of: input)
        case .duration: return try TimeInputs.duration(raw, of: input)
        case .json: return try StructureInputs.json(raw)
        case .yaml: return try StructureInputs.yaml(raw)
        case .secret: return .string(try secret(raw, of: input))
        }
    }

    private func itemKind(_ input: FlowInput) -> FlowInput.Kind? {
        input.properties["itemType"]?.string.flatMap(FlowInput.Kind.init)
    }

    private func secret(_ raw: Value, of input: FlowInput) throws(InputFault) -> String {
        try TextInputs.check(raw, against: input)
        guard let cipher else {
            throw InputFault(
                "a SECRET cannot be kept because the server has no encryption key (set `encryption.secret-key` below `sluice:` in its configuration)"
            )
        }
        do throws(Problem) {
            return try cipher.encrypt(raw.plain(), random: random())
        } catch {
            throw InputFault(error.what)
        }
    }
}

extension Value {
    /// The text to read a number or a date from.
    var inputText: String { String(plain().trimmedSpace) }

    /// The bound `name` of an input's range, as text.
    static func bound(_ name: String, of input: FlowInput) -> Value? {
        guard let value = input.properties[name], !value.isNull else { return nil }
        return value
    }
}

extension String {
    var trimmedSpace: Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
