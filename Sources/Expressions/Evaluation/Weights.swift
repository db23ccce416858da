import FlowModel

/// About how much memory values take.
enum Weights {
    /// A place in a list.
    static let item = MemoryLayout<Value>.stride
    /// A place in a map: the value, the name and what finds it.
    static let member = MemoryLayout<Value>.stride + 40

    /// The value by itself: its text, the places for its items, but not what stands in them.
    static func shallow(_ value: Value) -> Int {
        switch value {
        case .string(let one): text(one.utf8.count)
        case .list(let items): list(items.count)
        case .map(let members): 64 + members.count * member
        default: 0
        }
    }

    /// A text of so many bytes; short ones lie in the value itself.
    static func text(_ bytes: Int) -> Int { bytes > 15 ? bytes + 32 : 0 }

    static func list(_ count: Int) -> Int { 32 + count * item }

    /// The value with everything in it; no more than `limit` is counted.
    static func deep(_ value: Value, upTo limit: Int) -> Int {
        var sum = 0
        add(value, to: &sum, limit)
        return sum
    }

    private static func add(_ value: Value, to sum: inout Int, _ limit: Int) {
        guard sum <= limit else { return }
        sum += shallow(value)
        switch value {
        case .list(let items): for item in items where sum <= limit { add(item, to: &sum, limit) }
        case .map(let members):
            for (key, item) in members where sum <= limit {
                sum += text(key.utf8.count)
                add(item, to: &sum, limit)
            }
        default: break
        }
    }

    /// How many values are to be looked at to compare, sort or search the value: one that holds itself in many places
    /// takes little memory and endless time. No more than `limit` is counted.
    static func items(in value: Value, upTo limit: Int) -> Int {
        var count = 0
        visit(value, &count, limit)
        return count
    }

    private static func visit(_ value: Value, _ count: inout Int, _ limit: Int) {
        count += 1
        switch value {
        case .list(let items): for item in items where count <= limit { visit(item, &count, limit) }
        case .map(let members): for item in members.values where count <= limit { visit(item, &count, limit) }
        default: break
        }
    }
}
