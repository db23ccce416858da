import FlowModel

/// A value known at compile time.
final class ConstantNode: ExpressionNode {
    let value: Value

    init(_ value: Value) { self.value = value }

    var constant: Value? { value }
    func evaluate(_ run: Rendering) -> Value { value }
}

/// `[a, b]`
final class ListNode: ExpressionNode {
    let items: [any ExpressionNode]
    let offset: Int

    init(_ items: [any ExpressionNode], offset: Int) {
        self.items = items
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try item.evaluate(run)) }
        let list = Value.list(values)
        try run.checkNesting(of: list, at: offset)
        return list
    }
}

/// `{k: v}`; keys are expressions, and texts once they are in the map.
final class MapNode: ExpressionNode {
    let entries: [(key: any ExpressionNode, value: any ExpressionNode)]
    let offset: Int

    init(_ entries: [(key: any ExpressionNode, value: any ExpressionNode)], offset: Int) {
        self.entries = entries
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        var members = ValueMap(minimumCapacity: entries.count)
        for entry in entries {
            let key = try entry.key.evaluate(run)
            members[try run.plainText(of: key)] = try entry.value.evaluate(run)
        }
        let map = Value.map(members)
        try run.checkNesting(of: map, at: offset)
        return map
    }
}

/// `"a #{b} c"`: the parts joined in plain form, null adding nothing. Also `a ~ b ~ c`.
final class JoinNode: ExpressionNode {
    let parts: [any ExpressionNode]
    /// Whether it was written with `~`, so that one more `~` can go on with it.
    let isOperator: Bool
    let offset: Int

    init(_ parts: [any ExpressionNode], isOperator: Bool, offset: Int) {
        self.parts = parts
        self.isOperator = isOperator
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        var text = ""
        for part in parts {
            let value = try part.evaluate(run)
            if case .string(let string) = value {
                text += string
            } else if value != .null {
                try run.appendPlain(value, to: &text, at: offset)
            }
            try run.charge(text, at: offset)
        }
        let joined = Value.string(text)
        try run.allocate(for: joined, at: offset)
        return joined
    }
}
