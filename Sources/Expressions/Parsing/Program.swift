/// A compiled template: what to do, and what it was made from.
final class Program: Sendable {
    let source: String
    let body: [any StatementNode]
    let macros: [String: MacroNode]
    let blocks: [String: BlockNode]

    init(
        source: String, body: [any StatementNode], macros: [String: MacroNode] = [:], blocks: [String: BlockNode] = [:]
    ) {
        self.source = source
        self.body = body
        self.macros = macros
        self.blocks = blocks
    }

    /// Text that needs no compiling.
    convenience init(constant text: String) { self.init(source: text, body: [TextNode(text)]) }

    convenience init(compiling source: String, limits: Limits = .standard) throws(ExpressionError) {
        var parser = Parser(source, depth: limits.depth)
        let body = try parser.template()
        self.init(source: source, body: body, macros: parser.macros, blocks: parser.blocks)
    }

    func render(_ run: Rendering) throws(ExpressionError) {
        for statement in body { try statement.render(run) }
    }
}
