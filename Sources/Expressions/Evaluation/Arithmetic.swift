import FlowModel

/// Calculation with numbers of different widths. Source: expressions spec §4.2.
enum Arithmetic {
    enum Operation: String {
        case add = "ADD"
        case subtract = "SUBTRACT"
        case multiply = "MULTIPLY"
        case divide = "DIVIDE"
        case remainder = "MODULUS"
    }

    static func add(_ one: Value, _ other: Value, _ run: Rendering, at offset: Int) throws(ExpressionError) -> Value {
        switch (one, other) {
        case (.int(let a), .int(let b)): return .int(a &+ b)
        case (.string, _), (_, .string):
            var text = ""
            try appendWithNull(one, to: &text, run, at: offset)
            try appendWithNull(other, to: &text, run, at: offset)
            try run.allocate(for: .string(text), at: offset)
            return .string(text)
        case (.list(let items), .list(let more)):
            try checkCount(items.count + more.count, run)
            return .list(items + more)
        case (.list(let items), _):
            try checkCount(items.count + 1, run)
            return .list(items + [other])
        default: return try calculate(.add, one, other)
        }
    }

    private static func appendWithNull(
        _ value: Value, to text: inout String, _ run: Rendering, at offset: Int
    ) throws(ExpressionError) {
        if value == .null { text += "null" } else { try run.appendPlain(value, to: &text, at: offset) }
    }

    static func checkCount(_ count: Int, _ run: Rendering) throws(ExpressionError) {
        guard count <= run.scope.limits.elements else {
            throw .evaluation("A list cannot have more than \(run.scope.limits.elements) elements.")
        }
        try run.step(weight: count >> 7)
        try run.allocate(Weights.list(count))
    }

    static func subtract(_ one: Value, _ other: Value, _ run: Rendering) throws(ExpressionError) -> Value {
        switch (one, other) {
        case (.int(let a), .int(let b)): return .int(a &- b)
        case (.list(let items), .list(let removed)):
            return .list(
                try kept(items, run) { (item) throws(ExpressionError) in
                    try Comparison.place(of: item, in: removed, run) == nil
                })
        case (.list(let items), _):
            return .list(try kept(items, run) { (item) throws(ExpressionError) in !(try run.equal(item, other)) })
        default: return try calculate(.subtract, one, other)
        }
    }

    private static func kept(
        _ items: [Value], _ run: Rendering, _ isKept: (Value) throws(ExpressionError) -> Bool
    ) throws(ExpressionError) -> [Value] {
        var result: [Value] = []
        for item in items where try isKept(item) { result.append(item) }
        try run.allocate(2 * Weights.list(result.count))
        return result
    }

    static func calculate(_ operation: Operation, _ one: Value, _ other: Value) throws(ExpressionError) -> Value {
        switch (one, other) {
        case (.int(let a), .int(let b)): return .int(try integers(operation, a, b))
        case (.decimal, _), (_, .decimal):
            guard let a = decimal(one), let b = decimal(other) else { throw invalid(operation) }
            return try decimals(operation, a, b)
        case (.float(let a), .float(let b)): return .float(floats(operation, a, b))
        case (.float(let a), .int(let b)): return .float(floats(operation, a, Float(b)))
        case (.int(let a), .float(let b)): return .float(floats(operation, Float(a), b))
        default:
            guard let a = one.asDouble, let b = other.asDouble else { throw invalid(operation) }
            return .double(floats(operation, a, b))
        }
    }

    private static func invalid(_ operation: Operation) -> ExpressionError {
        .evaluation("invalid operands for mathematical operation [\(operation.rawValue)]")
    }

    private static func integers(_ operation: Operation, _ a: Int64, _ b: Int64) throws(ExpressionError) -> Int64 {
        switch operation {
        case .add: return a &+ b
        case .subtract: return a &- b
        case .multiply: return a &* b
        case .divide, .remainder:
            guard b != 0 else { throw .evaluation("/ by zero") }
            if b == -1 { return operation == .divide ? 0 &- a : 0 }
            return operation == .divide ? a / b : a % b
        }
    }

    private static func floats<Number: BinaryFloatingPoint>(_ operation: Operation, _ a: Number, _ b: Number) -> Number
    {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .remainder: a.truncatingRemainder(dividingBy: b)
        }
    }

    private static func decimals(_ operation: Operation, _ a: Decimal, _ b: Decimal) throws(ExpressionError) -> Value {
        switch operation {
        case .add: return .decimal(a + b)
        case .subtract: return .decimal(a - b)
        case .multiply: return .decimal(a * b)
        case .divide, .remainder:
            guard !b.isZero, let result = operation == .divide ? a.divided(by: b) : a.remainder(dividingBy: b) else {
                throw .evaluation("Division by zero")
            }
            return .decimal(result)
        }
    }

    /// `-a` and `+a`.
    static func signed(_ value: Value, negative: Bool) throws(ExpressionError) -> Value {
        switch value {
        case .int(let number): return .int(negative ? 0 &- number : number)
        case .double(let number): return .double(negative ? -number : number)
        case .float(let number): return .float(negative ? -number : number)
        case .decimal(let number): return .decimal(negative ? -number : number)
        default:
            throw .evaluation("The unary operator \(negative ? "-" : "+") needs a number")
        }
    }

    // MARK: - Numbers

    /// The number as a decimal, other types through their Double value, as in the original.
    static func decimal(_ value: Value) -> Decimal? {
        switch value {
        case .int(let number): Decimal(Double(number))
        case .float(let number): Decimal(Double(number))
        case .double(let number): Decimal(number)
        case .decimal(let number): number
        default: nil
        }
    }

    /// The number if it is whole and written without a fraction type: integers and whole decimals.
    static func wholeNumber(_ value: Value) -> Int64? {
        switch value {
        case .int(let number): number
        case .decimal(let number): number.int
        default: nil
        }
    }
}
