import FlowModel

/// The text forms of values. Source: expressions spec §8.
extension Rendering {
    /// As `{{ }}` prints it: containers as JSON, null as nothing.
    func appendPrinted(_ value: Value, to text: inout String, at offset: Int? = nil) throws(ExpressionError) {
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
    func appendPlain(_ value: Value, to text: inout String, at offset: Int? = nil) throws(ExpressionError) {
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
    func plainText(of value: Value) throws(ExpressionError) -> String {
        switch value {
        case .string(let string): return string
        case .int(let number): return String(number)
        case .list, .map:
            try weigh(value)
            return value.plain(in: world.timeZone)
        default: return value.plain(in: world.timeZone)
        }
    }

    func printedText(of value: Value) throws(ExpressionError) -> String {
        if case .string(let text) = value { return text }
        var text = ""
        try appendPrinted(value, to: &text)
        return text
    }

    /// The JSON text; null as `null`, texts in quotes.
    func jsonText(of value: Value) throws(ExpressionError) -> String {
        try weigh(value)
        return value.jsonText(.expression(in: world.timeZone))
    }
}
