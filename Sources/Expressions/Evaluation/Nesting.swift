import FlowModel

/// How deep and how heavy a value is, found out without following it further than needed.
enum Nesting {
    /// Whether containers lie no deeper than `depth` in each other. Looks at the first ten thousand items only.
    static func isWithin(_ depth: Int, _ value: Value) -> Bool {
        var budget = 10_000
        return isWithin(depth, value, &budget)
    }

    private static func isWithin(_ depth: Int, _ value: Value, _ budget: inout Int) -> Bool {
        switch value {
        case .list(let items):
            guard depth > 0 else { return false }
            for item in items {
                budget -= 1
                guard budget > 0 else { return true }
                guard isWithin(depth - 1, item, &budget) else { return false }
            }
        case .map(let members):
            guard depth > 0 else { return false }
            for item in members.values {
                budget -= 1
                guard budget > 0 else { return true }
                guard isWithin(depth - 1, item, &budget) else { return false }
            }
        default: break
        }
        return true
    }

    /// About how many bytes the value has as text; no more than `limit` is counted.
    static func weight(of value: Value, upTo limit: Int) -> Int {
        var sum = 0
        add(value, to: &sum, limit)
        return sum
    }

    private static func add(_ value: Value, to sum: inout Int, _ limit: Int) {
        guard sum <= limit else { return }
        switch value {
        case .string(let text): sum += text.utf8.count + 2
        case .list(let items):
            sum += 2
            for item in items where sum <= limit { add(item, to: &sum, limit) }
        case .map(let members):
            sum += 2
            for (key, item) in members where sum <= limit {
                sum += key.utf8.count + 4
                add(item, to: &sum, limit)
            }
        default: sum += 8
        }
    }
}
