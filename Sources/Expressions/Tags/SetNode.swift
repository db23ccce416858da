import FlowModel

/// `{% set name = expression %}`. Source: expressions spec §7.3.
final class SetNode: StatementNode {
    let name: String
    let expression: any ExpressionNode
    let offset: Int

    init(_ name: String, _ expression: any ExpressionNode, offset: Int) {
        self.name = name
        self.expression = expression
        self.offset = offset
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        let value = try expression.evaluate(run)
        let isRoot = !run.locals.hidesRoot && run.scope.variables.variable(name) != nil
        run.locals.set(name, value, existsInRoot: isRoot)
        run.settle()
    }
}
