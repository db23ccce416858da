import FlowModel

/// `range(a, b, step)` and `a..b`: both ends included. Source: expressions spec §11.1.
enum RangeMaker {
    static func list(
        from start: Value, through end: Value, by step: Value, _ run: Rendering
    ) throws(ExpressionError) -> Value {
        guard let step = whole(step) else {
            throw .evaluation("The increment of the range function must be a number")
        }
        guard step != 0 else { throw .evaluation("The increment of the range function must be different than 0") }
        if let first = whole(start), let last = whole(end) {
            return .list(try items(from: first, through: last, by: step, run) { .int($0) })
        }
        if case .string(let one) = start, case .string(let other) = end, let first = unit(one), let last = unit(other) {
            return .list(
                try items(from: first, through: last, by: step, run) { number in
                    .string(String(decoding: [UInt16(truncatingIfNeeded: number)], as: UTF16.self))
                })
        }
        throw .evaluation("Arguments of range function must be of type Number or String with a length of 1")
    }

    private static func items(
        from start: Int64, through end: Int64, by step: Int64, _ run: Rendering, _ value: (Int64) -> Value
    ) throws(ExpressionError) -> [Value] {
        guard step > 0 ? start <= end : start >= end else { return [] }
        let (low, high) = (min(start, end), max(start, end))
        let count = UInt64(bitPattern: high &- low) / step.magnitude
        let limit = run.scope.limits.elements
        guard count < UInt64(limit) else {
            throw .evaluation("The range function cannot produce more than \(limit) elements")
        }
        try run.step(weight: Int(count) >> 6)
        try run.allocate(Weights.list(Int(count) + 1))
        return (0...Int64(count)).map { value(start &+ $0 &* step) }
    }

    private static func whole(_ value: Value) -> Int64? {
        switch value {
        case .int(let number): number
        case .float(let number): Int64(exactly: number.rounded(.towardZero))
        case .double(let number): Int64(exactly: number.rounded(.towardZero))
        case .decimal(let number): number.truncatedInt
        default: nil
        }
    }

    private static func unit(_ text: String) -> Int64? {
        text.utf16.count == 1 ? text.utf16.first.map(Int64.init) : nil
    }
}
