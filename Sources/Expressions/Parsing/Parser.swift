import FlowModel

/// Compiles a template: the texts, prints and tags. Expressions are in `Parser+Expressions`.
struct Parser {
    var lexer: Lexer
    var macros: [String: MacroNode] = [:]
    var blocks: [String: BlockNode] = [:]
    /// Whether something was met since this was last reset that may look at `loop`.
    var mentionsLoop = false
    var depth = 0
    let depthLimit: Int

    /// Where the text after the last print, tag or comment starts.
    private var position = 0
    private var trimsNextText = false

    init(_ source: String, depth: Int) {
        lexer = Lexer(source)
        depthLimit = depth
    }

    mutating func template() throws(ExpressionError) -> [any StatementNode] {
        let (body, end) = try statements(until: [])
        precondition(end == nil)
        return body
    }

    /// Goes one level down and refuses what lies too deep; every call is followed by `depth -= 1`.
    mutating func descend() throws(ExpressionError) {
        depth += 1
        guard depth <= depthLimit else {
            throw lexer.error("The template is nested deeper than \(depthLimit) levels")
        }
    }

    // MARK: - Text

    /// Statements up to one of the closing tags, whose name is read and given back; up to the end without any.
    mutating func statements(
        until closers: [String], opened: Int = 0
    ) throws(ExpressionError) -> ([any StatementNode], closer: String?) {
        var found: [any StatementNode] = []
        while true {
            let (text, delimiter) = scanText()
            if !text.isEmpty { found.append(TextNode(text)) }
            let start = position - 2
            switch delimiter {
            case nil:
                guard let expected = closers.last else { return (found, nil) }
                throw lexer.error(
                    "Unexpected end of template. Pebble was looking for the \"\(expected)\" tag", at: opened)
            case UInt8(ascii: "#"): try skipComment(from: start)
            case UInt8(ascii: "{"): found.append(try print())
            default:
                try enter(closer: UInt8(ascii: "%"))
                guard case .name(let name) = lexer.token else {
                    throw lexer.error("Unexpected \(lexer.token.shown), expected a tag name")
                }
                if closers.contains(name) { return (found, name) }
                if let statement = try tag(name, at: lexer.tokenStart) { found.append(statement) }
            }
        }
    }

    /// The text up to the next delimiter, which is consumed and given as its second byte; nil at the end.
    private mutating func scanText() -> (text: String, delimiter: UInt8?) {
        let bytes = lexer.bytes
        var start = position
        if trimsNextText {
            trimsNextText = false
            while start < bytes.count, Lexer.isBlank(bytes[start]) { start += 1 }
        }
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "{") {
                let next = bytes[index + 1]
                if next == UInt8(ascii: "{") || next == UInt8(ascii: "#") || next == UInt8(ascii: "%") {
                    if let block = lexer.rawBlock(at: index) {
                        index = block.upperBound
                        continue
                    }
                    position = index + 2
                    return (lexer.text(start..<trimmedEnd(start, index)), next)
                }
            }
            index += 1
        }
        position = bytes.count
        return (start < bytes.count ? lexer.text(start..<bytes.count) : "", nil)
    }

    /// The end of the text before a delimiter, without its blanks where `{{-` and a blank ask for that; then the dash
    /// is skipped as well.
    private mutating func trimmedEnd(_ start: Int, _ end: Int) -> Int {
        let bytes = lexer.bytes
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "-"), Lexer.isBlank(bytes[position + 1])
        else { return end }
        position += 1
        var end = end
        while end > start, Lexer.isBlank(bytes[end - 1]) { end -= 1 }
        return end
    }

    private mutating func skipComment(from start: Int) throws(ExpressionError) {
        let bytes = lexer.bytes
        var index = position
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "#"), bytes[index + 1] == UInt8(ascii: "}") {
                trimsNextText = index > position && bytes[index - 1] == UInt8(ascii: "-")
                position = index + 2
                return
            }
            index += 1
        }
        throw lexer.error("The comment that begins here has no end: #} is missing", at: start)
    }

    // MARK: - Prints and tags

    private mutating func enter(closer: UInt8) throws(ExpressionError) {
        try lexer.enter(at: position, closer: closer)
    }

    /// Takes the end of the print or tag.
    mutating func close(_ what: String) throws(ExpressionError) {
        guard case .close = lexer.token else {
            if case .end = lexer.token { throw lexer.error("The \(what) has no end", at: lexer.tokenStart) }
            throw lexer.error("Unexpected \(lexer.token.shown), expected the end of the \(what)", hint: closeHint)
        }
        position = lexer.position
        trimsNextText = lexer.closeTrims
    }

    /// Operators of other languages that people try here.
    private var closeHint: String? {
        switch lexer.token {
        case .name("in"): "write `list contains item`"
        case .name("if"): "write `condition ? a : b`"
        case .punctuation(UInt8(ascii: "=")): "write `==` to compare"
        default: nil
        }
    }

    private mutating func print() throws(ExpressionError) -> any StatementNode {
        try enter(closer: UInt8(ascii: "}"))
        let offset = lexer.tokenStart
        let expression = try self.expression()
        try close("print {{ … }}")
        return PrintNode(expression, offset: offset)
    }

    /// Where the text goes on after a tag that was closed.
    var textPosition: Int { position }

    mutating func jump(to position: Int, trimming: Bool) {
        self.position = position
        trimsNextText = trimming
    }
}
