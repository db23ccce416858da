import FlowModel

/// The tags. Source: expressions spec §7.
extension Parser {
    /// The statement of the tag whose name is the current token; nil for one that renders nothing itself.
    mutating func tag(_ name: String, at offset: Int) throws(ExpressionError) -> (any StatementNode)? {
        switch name {
        case "if", "for", "set", "macro", "block", "filter", "verbatim": break
        default:
            throw lexer.error("Unexpected tag name \"\(name)\"", at: offset, hint: tagHint(name))
        }
        try descend()
        defer { depth -= 1 }
        return try knownTag(name, at: offset)
    }

    private mutating func knownTag(_ name: String, at offset: Int) throws(ExpressionError) -> (any StatementNode)? {
        if name != "verbatim" { try lexer.advance() }
        switch name {
        case "if": return try ifTag(at: offset)
        case "for": return try forTag(at: offset)
        case "set": return try setTag()
        case "block": return try blockTag(at: offset)
        case "filter": return try filterTag(at: offset)
        case "verbatim": return try verbatimTag(at: offset)
        default:
            try macroTag(at: offset)
            return nil
        }
    }

    private func tagHint(_ name: String) -> String? {
        switch name {
        case "elif", "elsif", "elseIf": "write {% elseif … %}"
        case "else", "elseif", "endif": "there is no {% if … %} that this belongs to"
        case "endfor": "there is no {% for … %} that this belongs to"
        default:
            ["if", "for", "set", "macro", "block", "filter", "verbatim", "raw"].closest(to: name).map {
                "did you mean `\($0)`?"
            }
        }
    }

    private mutating func ifTag(at offset: Int) throws(ExpressionError) -> any StatementNode {
        var branches: [IfNode.Branch] = []
        var closer: String? = "elseif"
        while closer == "elseif" {
            let start = lexer.tokenStart
            let condition = try expression()
            try close("tag {% if … %}")
            let body: [any StatementNode]
            (body, closer) = try statements(until: ["elseif", "else", "endif"], opened: offset)
            branches.append(IfNode.Branch(condition: condition, offset: start, body: body))
            try lexer.advance()
        }
        var otherwise: [any StatementNode] = []
        if closer == "else" {
            try close("tag {% else %}")
            (otherwise, _) = try statements(until: ["endif"], opened: offset)
            try lexer.advance()
        }
        try close("tag {% endif %}")
        return IfNode(branches, otherwise: otherwise)
    }

    private mutating func forTag(at offset: Int) throws(ExpressionError) -> any StatementNode {
        let name = try takeName("a name for the loop variable")
        guard case .name("in") = lexer.token else {
            throw lexer.error("Unexpected \(lexer.token.shown), expected \"in\"")
        }
        try lexer.advance()
        let start = lexer.tokenStart
        let items = try expression()
        try close("tag {% for … %}")
        let outerMention = mentionsLoop
        mentionsLoop = false
        let (body, closer) = try statements(until: ["else", "endfor"], opened: offset)
        let usesLoop = mentionsLoop
        mentionsLoop = outerMention || usesLoop
        try lexer.advance()
        var otherwise: [any StatementNode] = []
        if closer == "else" {
            try close("tag {% else %}")
            (otherwise, _) = try statements(until: ["endfor"], opened: offset)
            try lexer.advance()
        }
        try close("tag {% endfor %}")
        return ForNode(name, in: items, body: body, otherwise: otherwise, usesLoop: usesLoop, offset: start)
    }

    private mutating func setTag() throws(ExpressionError) -> any StatementNode {
        let offset = lexer.tokenStart
        let name = try takeName("a variable name")
        if ["true", "TRUE", "false", "FALSE", "null", "NULL", "none", "NONE"].contains(name) {
            throw lexer.error("\"\(name)\" cannot be the name of a variable", at: offset)
        }
        try take("=")
        let value = try expression()
        try close("tag {% set … %}")
        return SetNode(name, value, offset: offset)
    }

    private mutating func macroTag(at offset: Int) throws(ExpressionError) {
        let name = try takeName("a name for the macro")
        try take("(")
        var parameters: [(name: String, defaultValue: (any ExpressionNode)?)] = []
        while lexer.token != .punctuation(UInt8(ascii: ")")) {
            if !parameters.isEmpty { try take(",") }
            let parameter = try takeName("a parameter name")
            var defaultValue: (any ExpressionNode)?
            if lexer.token == .punctuation(UInt8(ascii: "=")) {
                try lexer.advance()
                defaultValue = try expression()
            }
            parameters.append((parameter, defaultValue))
        }
        try lexer.advance()
        try close("tag {% macro … %}")
        let (body, _) = try statements(until: ["endmacro"], opened: offset)
        try lexer.advance()
        try close("tag {% endmacro %}")
        guard macros[name] == nil else {
            throw lexer.error("More than one macro can not share the same name: \(name)", at: offset)
        }
        macros[name] = MacroNode(name, parameters, body: body)
    }

    private mutating func blockTag(at offset: Int) throws(ExpressionError) -> any StatementNode {
        let name = try blockName()
        try close("tag {% block … %}")
        let (body, _) = try statements(until: ["endblock"], opened: offset)
        try lexer.advance()
        if !lexer.token.isClose { _ = try blockName() }
        try close("tag {% endblock %}")
        let block = BlockNode(name, body: body)
        blocks[name] = block
        return block
    }

    private mutating func blockName() throws(ExpressionError) -> String {
        guard case .quote(let quote) = lexer.token else { return try takeName("a name for the block") }
        let (text, end) = try lexer.stringPart(quote)
        guard end == .quote else { throw lexer.error("The name of a block cannot be an expression") }
        try lexer.advance()
        return text
    }

    private mutating func filterTag(at offset: Int) throws(ExpressionError) -> any StatementNode {
        // The body is not known before the filters are read, so that they are read again once it is.
        let filters = lexer
        _ = try filterChain(on: ConstantNode(.null))
        try close("tag {% filter … %}")
        let (body, _) = try statements(until: ["endfilter"], opened: offset)
        try lexer.advance()
        try close("tag {% endfilter %}")
        let end = lexer
        lexer = filters
        let filtered = try filterChain(on: FilterTagNode.Body(body))
        lexer = end
        return FilterTagNode(filtered, offset: offset)
    }

    private mutating func filterChain(
        on input: any ExpressionNode
    ) throws(ExpressionError) -> any ExpressionNode {
        var chain = try filter(on: input)
        while lexer.token == .symbol(.filter) {
            try lexer.advance()
            chain = try filter(on: chain)
        }
        return chain
    }

    /// The body is copied as it stands; blanks at its beginning are dropped.
    private mutating func verbatimTag(at offset: Int) throws(ExpressionError) -> any StatementNode {
        try lexer.advance()
        try close("tag {% verbatim %}")
        let bytes = lexer.bytes
        var start = textPosition
        while start < bytes.count, Lexer.isBlank(bytes[start]) { start += 1 }
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "%"),
                let tag = endVerbatim(from: index + 2)
            {
                var end = index
                if tag.trimsBefore { while end > start, Lexer.isBlank(bytes[end - 1]) { end -= 1 } }
                jump(to: tag.end, trimming: tag.trimsAfter)
                return TextNode(lexer.text(start..<end))
            }
            index += 1
        }
        throw lexer.error(
            "Unexpected end of template. Pebble was looking for the \"endverbatim\" tag", at: offset)
    }

    private func endVerbatim(from start: Int) -> (end: Int, trimsBefore: Bool, trimsAfter: Bool)? {
        let bytes = lexer.bytes
        var index = start
        let trimsBefore = lexer.byte(at: index) == UInt8(ascii: "-")
        if trimsBefore { index += 1 }
        while index < bytes.count, Lexer.isBlank(bytes[index]) { index += 1 }
        guard bytes[index...].starts(with: "endverbatim".utf8) else { return nil }
        index += "endverbatim".utf8.count
        while index < bytes.count, Lexer.isBlank(bytes[index]) { index += 1 }
        let trimsAfter = lexer.byte(at: index) == UInt8(ascii: "-")
        if trimsAfter { index += 1 }
        return bytes[index...].starts(with: "%}".utf8) ? (index + 2, trimsBefore, trimsAfter) : nil
    }
}
