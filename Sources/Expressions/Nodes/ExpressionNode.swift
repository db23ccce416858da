import FlowModel

/// A compiled expression. Nodes never change after compilation and are evaluated by many renderings at once.
protocol ExpressionNode: AnyObject, Sendable {
    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value

    /// The value that the expression always has; nil when it depends on anything.
    var constant: Value? { get }
}

extension ExpressionNode {
    var constant: Value? { nil }
}

/// A compiled piece of a template that writes to the output.
protocol StatementNode: AnyObject, Sendable {
    func render(_ run: Rendering) throws(ExpressionError)
}
