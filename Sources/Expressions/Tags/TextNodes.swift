import FlowModel

/// Text outside of prints and tags.
final class TextNode: StatementNode {
    let text: String

    init(_ text: String) { self.text = text }

    func render(_ run: Rendering) throws(ExpressionError) { try run.emit(text) }
}

/// `{{ expression }}`
final class PrintNode: StatementNode {
    let expression: any ExpressionNode
    let offset: Int

    init(_ expression: any ExpressionNode, offset: Int) {
        self.expression = expression
        self.offset = offset
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        let value = try expression.evaluate(run)
        if let path = expression as? PathNode, path.steps.isEmpty, run.form != .kept, run.locals.isEntry(path.root),
            let key = value["key"], let member = value["value"]
        {
            return try run.emit(run.plainText(of: key) + "=" + run.plainText(of: member))
        }
        try run.emit(value, at: offset)
    }
}
