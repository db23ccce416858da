import FlowModel

/// The text forms of values. Source: expressions spec §8.
extension Rendering {
    /// As `{{ }}` prints it: containers as JSON, null as nothing.
    func appendPrinted(_ value: Value, to text: inout String, at offset: Int) throws(ExpressionError) {
        switch value {
        case .string(let string): text += string
        case .int(let number): text += String(number)
        case .bool(let flag): text += flag ? "true" : "false"
        case .null: break
        case .list, .map:
            try weigh(value, at: offset)
            text += value.printed(in: world.timeZone)
        default: text += value.printed(in: world.timeZone)
        }
    }

    /// As `~`, `+` and interpolation show it: containers as `[a, b]` and `{k=v}`. Null as `null`.
    func appendPlain(_ value: Value, to text: inout String, at offset: Int) throws(ExpressionError) {
        switch value {
        case .string(let string): text += string
        case .int(let number): text += String(number)
        case .bool(let flag): text += flag ? "true" : "false"
        case .null: text += "null"
        case .list, .map:
            try weigh(value, at: offset)
            text += value.plain(in: world.timeZone)
        default: text += value.plain(in: world.timeZone)
        }
    }

    /// The plain form; null as `null`.
    func plainText(of value: Value) -> String {
        switch value {
        case .string(let string): string
        case .int(let number): String(number)
        default: value.plain(in: world.timeZone)
        }
    }

    func printedText(of value: Value) throws(ExpressionError) -> String {
        if case .string(let text) = value { return text }
        var text = ""
        try appendPrinted(value, to: &text, at: 0)
        return text
    }

    /// The JSON text; null as `null`, texts in quotes.
    func jsonText(of value: Value) throws(ExpressionError) -> String {
        try weigh(value, at: 0)
        return value.jsonText(.expression(in: world.timeZone))
    }

    /// Refuses a container whose text would be larger than a text may be, before it is made.
    func weigh(_ value: Value, at offset: Int) throws(ExpressionError) {
        let limit = scope.limits.outputBytes
        let weight = Nesting.weight(of: value, upTo: limit)
        if weight > limit { throw outputLimit().at(offset, in: source) }
        if weight > 4096 { try step(at: offset, weight: weight >> 12) }
    }
}
