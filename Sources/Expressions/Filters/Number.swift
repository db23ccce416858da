import FlowModel

extension TemplateFilter {
    static let number = TemplateFilter(
        "number", "The number that a text stands for.",
        [Parameter("type", "INT, FLOAT, LONG, DOUBLE, BIGDECIMAL or BIGINTEGER; left out, the smallest that fits")],
        examples: [Example("{{ '12.3' | number }}", "12.3"), Example("{{ '0x1F' | number + 1 }}", "32")]
    ) { input, arguments, run throws(ExpressionError) in
        guard case .string(let text) = input else {
            throw .evaluation(
                "'number' filter can only be applied to String. Actual type was: \(ClassNames.name(of: input))")
        }
        guard text.utf8.count <= 20_000, let number = NumberReading.number(text, as: try arguments.text(0, run)) else {
            throw .evaluation("\(text) is not a valid number.")
        }
        return number
    }
}

/// Texts as numbers. Source: expressions spec §10.5.
enum NumberReading {
    static func number(_ text: String, as type: String?) -> Value? {
        switch type {
        case "INT": return Int32(text).map { .int(Int64($0)) }
        case "LONG": return Int64(text).map { .int($0) }
        case "FLOAT": return Float(text.javaTrimmed).map { .float($0) }
        case "DOUBLE": return Double(text.javaTrimmed).map { .double($0) }
        case "BIGDECIMAL", "BIGINTEGER":
            guard let number = Decimal(text), type == "BIGDECIMAL" || number.scale == 0 else { return nil }
            return .decimal(number)
        default: return inferred(text)
        }
    }

    private static func inferred(_ text: String) -> Value? {
        guard !text.isBlank else { return nil }
        let isNegative = text.hasPrefix("-")
        let body = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
        guard let first = body.utf8.first, first < 0x80 else { return nil }
        for prefix in ["0x", "0X", "#"] where body.hasPrefix(prefix) {
            return whole(String(body.dropFirst(prefix.count)), radix: 16, isNegative)
        }
        if body.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            if first == 0x30, body.utf8.count > 1 { return whole(String(body.dropFirst()), radix: 8, isNegative) }
            return Int64(text).map { .int($0) } ?? Decimal(text).map { .decimal($0) }
        }
        return suffixed(text, body) ?? fractional(text, body)
    }

    private static func whole(_ digits: String, radix: Int, _ isNegative: Bool) -> Value? {
        guard let number = Int64((isNegative ? "-" : "") + digits, radix: radix), !digits.hasPrefix("-") else {
            return nil
        }
        return .int(number)
    }

    private static func suffixed(_ text: String, _ body: String) -> Value? {
        let number = String(text.dropLast())
        guard isPlain(String(body.dropLast())) else { return nil }
        switch body.last {
        case "l", "L":
            return Int64(number).map { .int($0) } ?? Decimal(number).flatMap { $0.scale == 0 ? .decimal($0) : nil }
        case "f", "F": return Float(number).map { .float($0) }
        case "d", "D": return Double(number).map { .double($0) }
        default: return nil
        }
    }

    /// Digits, at most one point, an exponent.
    private static func isPlain(_ body: String) -> Bool {
        !body.isEmpty && body.utf8.first != UInt8(ascii: "e") && body.utf8.first != UInt8(ascii: "E")
            && body.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            }
    }

    /// A Float when it prints the same digits as the Double, a Double when it is exact, else a decimal.
    private static func fractional(_ text: String, _ body: String) -> Value? {
        guard isPlain(body), let exact = Decimal(text), let double = Double(text) else { return nil }
        if let float = Float(text), float.isFinite, float != 0 || double == 0, float.javaText == double.javaText {
            return .float(float)
        }
        if double.isFinite, Decimal(double.description) == exact { return .double(double) }
        return .decimal(exact)
    }
}
