import FlowModel

enum JqNumber {
    /// Whole numbers as integers, as far as a Double is exact.
    static func value(_ number: Double) -> Value {
        number.magnitude < 9_007_199_254_740_992 && number == number.rounded() ? .int(Int64(number)) : .double(number)
    }

    static func negated(_ value: Value) throws(JqStop) -> Value {
        if case .int(let number) = value, number != .min { return .int(-number) }
        guard let number = value.asDouble else { throw .message("\(JqOrder.described(value)) cannot be negated") }
        return JqNumber.value(-number)
    }
}

enum JqArithmetic {
    static func calculate(
        _ operation: JqOperator, _ left: Value, _ right: Value, maxBytes: Int
    ) throws(JqStop) -> Value {
        if left.isNumber, right.isNumber { return try numbers(operation, left, right) }
        switch (operation, left, right) {
        case (.add, .null, _): return right
        case (.add, _, .null): return left
        case (.add, .string(let one), .string(let other)):
            try check(one.utf8.count + other.utf8.count, maxBytes)
            return .string(one + other)
        case (.add, .list(let one), .list(let other)): return .list(one + other)
        case (.add, .map(let one), .map(let other)): return .map(one.merging(other) { _, new in new })
        case (.multiply, .string(let text), _) where right.isNumber: return try repeated(text, right, maxBytes)
        case (.multiply, _, .string(let text)) where left.isNumber: return try repeated(text, left, maxBytes)
        case (.multiply, .map(let one), .map(let other)): return .map(merged(one, other))
        case (.divide, .string(let text), .string(let separator)): return .list(JqTexts.split(text, separator))
        default:
            let verb =
                switch operation {
                case .add: "added"
                case .subtract: "subtracted"
                case .multiply: "multiplied"
                case .divide, .remainder: "divided"
                }
            throw .message("\(JqOrder.described(left)) and \(JqOrder.described(right)) cannot be \(verb)")
        }
    }

    private static func check(_ bytes: Int, _ limit: Int) throws(JqStop) {
        if bytes > limit { throw .failed(.evaluation("The jq program made a text of more than \(limit) bytes.")) }
    }

    private static func numbers(_ operation: JqOperator, _ left: Value, _ right: Value) throws(JqStop) -> Value {
        if case .int(let one) = left, case .int(let other) = right, let exact = integers(operation, one, other) {
            return exact
        }
        let (one, other) = (left.asDouble ?? .nan, right.asDouble ?? .nan)
        switch operation {
        case .add: return JqNumber.value(one + other)
        case .subtract: return JqNumber.value(one - other)
        case .multiply: return JqNumber.value(one * other)
        case .divide:
            guard other != 0 else { throw byZero(left, right) }
            return JqNumber.value(one / other)
        case .remainder:
            if one.isNaN || other.isNaN { return .double(.nan) }
            let (dividend, divisor) = (Int64(clamping: one), Int64(clamping: other))
            guard divisor != 0 else { throw byZero(left, right) }
            return .int(divisor == -1 ? 0 : dividend % divisor)
        }
    }

    private static func byZero(_ left: Value, _ right: Value) -> JqStop {
        .message(
            "\(JqOrder.described(left)) and \(JqOrder.described(right)) cannot be divided because the divisor is zero")
    }

    /// Nil where the result is no 64-bit integer.
    private static func integers(_ operation: JqOperator, _ one: Int64, _ other: Int64) -> Value? {
        let (result, overflow) =
            switch operation {
            case .add: one.addingReportingOverflow(other)
            case .subtract: one.subtractingReportingOverflow(other)
            case .multiply: one.multipliedReportingOverflow(by: other)
            case .divide:
                other == 0 || one == .min || one % other != 0 ? (0, true) : one.dividedReportingOverflow(by: other)
            case .remainder: (0, true)
            }
        if operation == .remainder, other != 0 { return .int(other == -1 ? 0 : one % other) }
        return overflow ? nil : .int(result)
    }

    private static func repeated(_ text: String, _ count: Value, _ maxBytes: Int) throws(JqStop) -> Value {
        guard let count = count.asDouble, count > 0 else { return .null }
        let times = count < 1 ? 1 : count.rounded(.down)
        guard times * Double(text.utf8.count) <= Double(maxBytes) else {
            throw .failed(.evaluation("The jq program made a text of more than \(maxBytes) bytes."))
        }
        return .string(String(repeating: text, count: Int(times)))
    }

    private static func merged(_ one: ValueMap, _ other: ValueMap) -> ValueMap {
        one.merging(other) { old, new in
            if case .map(let old) = old, case .map(let new) = new { .map(merged(old, new)) } else { new }
        }
    }
}
