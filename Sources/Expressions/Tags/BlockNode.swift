import FlowModel

/// `{% block name %}…{% endblock %}`: renders in place and again by `block('name')`. Source: expressions spec §7.5.
final class BlockNode: StatementNode {
    let name: String
    let body: [any StatementNode]

    init(_ name: String, body: [any StatementNode]) {
        self.name = name
        self.body = body
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        for statement in body { try statement.render(run) }
    }

    func text(_ run: Rendering) throws(ExpressionError) -> String {
        defer { run.ascend() }
        try run.descend("block")
        return try run.captured(body, .plain)
    }
}
