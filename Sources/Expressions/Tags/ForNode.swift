import FlowModel

/// `{% for x in e %}…{% else %}…{% endfor %}`. Source: expressions spec §7.2.
final class ForNode: StatementNode {
    let name: String
    let items: any ExpressionNode
    let body: [any StatementNode]
    let otherwise: [any StatementNode]
    /// Whether anything inside may look at `loop`.
    let usesLoop: Bool
    let offset: Int

    init(
        _ name: String, in items: any ExpressionNode, body: [any StatementNode], otherwise: [any StatementNode],
        usesLoop: Bool, offset: Int
    ) {
        self.name = name
        self.items = items
        self.body = body
        self.otherwise = otherwise
        self.usesLoop = usesLoop
        self.offset = offset
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        run.settle(after: run.scope.limits.memoryBytes >> 5)
        switch try items.evaluate(run) {
        case .null: return
        case .list(let values):
            try rounds(values.count, run) { values[$0] }
        case .map(let members):
            try rounds(members.count, isMap: true, run) { index in
                let member = members.elements[index]
                return ["key": .string(member.key), "value": member.value]
            }
        case let other:
            throw ExpressionError.evaluation("Not an iterable object. Value = [\(try run.plainText(of: other))]")
                .at(offset, in: run.source)
        }
    }

    private func rounds(
        _ count: Int, isMap: Bool = false, _ run: Rendering, _ item: (Int) -> Value
    ) throws(ExpressionError) {
        if count == 0 {
            for statement in otherwise { try statement.render(run) }
            return
        }
        let (floor, held) = (run.locals.visibleFloor, run.hold())
        run.locals.open()
        defer {
            run.locals.close(floor: floor)
            run.release(held)
        }
        for index in 0..<count {
            try run.step(at: offset)
            run.locals.clear()
            run.locals.define(name, item(index), look: isMap ? .entry : .value)
            if usesLoop { run.locals.define("loop", loop(index, of: count), look: .plain) }
            for statement in body { try statement.render(run) }
            run.settle()
        }
    }

    private func loop(_ index: Int, of count: Int) -> Value {
        [
            "last": .bool(index == count - 1), "length": .int(Int64(count)), "index": .int(Int64(index)),
            "revindex": .int(Int64(count - index - 1)), "first": .bool(index == 0),
        ]
    }
}
