import FlowModel

/// `{% if c %}…{% elseif c2 %}…{% else %}…{% endif %}`. Source: expressions spec §7.1.
final class IfNode: StatementNode {
    struct Branch: Sendable {
        let condition: any ExpressionNode
        let offset: Int
        let body: [any StatementNode]
    }

    let branches: [Branch]
    let otherwise: [any StatementNode]

    init(_ branches: [Branch], otherwise: [any StatementNode]) {
        self.branches = branches
        self.otherwise = otherwise
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        for branch in branches where try holds(branch, run) {
            for statement in branch.body { try statement.render(run) }
            return
        }
        for statement in otherwise { try statement.render(run) }
    }

    private func holds(_ branch: Branch, _ run: Rendering) throws(ExpressionError) -> Bool {
        do throws(ExpressionError) {
            let value = try branch.condition.evaluate(run)
            return try Conditions.truth(of: value, in: "if", at: branch.offset, run)
        } catch {
            throw error.wrapped(as: "Wrong operand(s) type in conditional expression")
                .at(branch.offset, in: run.source)
        }
    }
}
