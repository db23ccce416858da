import FlowModel

/// `{% filter f1 | f2(arg) %}…{% endfilter %}`: the filters applied to the text of the body. Source: spec §7.6.
final class FilterTagNode: StatementNode {
    /// The body as an expression, which the filter nodes take as their input.
    final class Body: ExpressionNode {
        let statements: [any StatementNode]

        init(_ statements: [any StatementNode]) { self.statements = statements }

        func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
            .string(try run.captured(statements, .plain))
        }
    }

    let filtered: any ExpressionNode
    let offset: Int

    init(_ filtered: any ExpressionNode, offset: Int) {
        self.filtered = filtered
        self.offset = offset
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        try run.emit(try filtered.evaluate(run), at: offset)
    }
}
