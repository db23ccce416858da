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
    /// The name, where nothing else is printed.
    private let bareName: String?

    init(_ expression: any ExpressionNode, offset: Int) {
        self.expression = expression
        self.offset = offset
        bareName = (expression as? PathNode).flatMap { $0.steps.isEmpty ? $0.root : nil }
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        let value = try expression.evaluate(run)
        if let bareName, run.form != .kept, case .map = value {
            switch run.locals.look(of: bareName) {
            case .value: break
            case .plain: return try run.emit(try run.plainText(of: value))
            case .entry:
                let name = try run.plainText(of: value["key"] ?? .null)
                return try run.emit(name + "=" + (try run.plainText(of: value["value"] ?? .null)))
            }
        }
        try run.emit(value, at: offset)
        run.settle()
    }
}
