import FlowModel

/// Terms and what stands behind them, `if`, `reduce` and the other forms with names, definitions.
extension JqParser {
    /// A term and what follows it: `.a`, `[…]`, `?`.
    mutating func postfix() throws(JqSyntaxError) -> JqNode {
        var node = try term()
        while true {
            if case .field(let name) = current {
                position += 1
                node = .index(node, key: .literal(.string(name)))
            } else if isSymbol("."), position + 1 < tokens.count, case .string(let pieces) = tokens[position + 1] {
                position += 2
                node = .index(node, key: try string(pieces, format: nil))
            } else if isSymbol("."), position + 1 < tokens.count, tokens[position + 1] == .symbol("[") {
                position += 2
                node = try subscripted(node)
            } else if take("[") {
                node = try subscripted(node)
            } else if take("?") {
                node = .attempt(node, handler: nil)
            } else {
                return node
            }
        }
    }

    /// What stands behind `[`.
    mutating func subscripted(_ node: JqNode) throws(JqSyntaxError) -> JqNode {
        if take("]") { return .iterate(node) }
        if take(":") {
            let end = try pipe()
            try expect("]")
            return .slice(node, from: nil, to: end)
        }
        let start = try pipe()
        guard take(":") else {
            try expect("]")
            return .index(node, key: start)
        }
        if take("]") { return .slice(node, from: start, to: nil) }
        let end = try pipe()
        try expect("]")
        return .slice(node, from: start, to: end)
    }

    mutating func term() throws(JqSyntaxError) -> JqNode {
        guard let token = current else { throw unexpected() }
        position += 1
        switch token {
        case .number(let number): return .literal(number)
        case .string(let pieces): return try string(pieces, format: nil)
        case .variable(let name): return .variable(name)
        case .field(let name): return .index(.identity, key: .literal(.string(name)))
        case .format(let name):
            guard case .string(let pieces) = current else { return .format(name) }
            position += 1
            return try string(pieces, format: name)
        case .name(let name): return try named(name)
        case .symbol("."):
            if case .string(let pieces) = current {
                position += 1
                return .index(.identity, key: try string(pieces, format: nil))
            }
            return .identity
        case .symbol(".."): return .recursion
        case .symbol("("):
            let inner = try pipe()
            try expect(")")
            return inner
        case .symbol("["):
            if take("]") { return .array(nil) }
            let inner = try pipe()
            try expect("]")
            return .array(inner)
        case .symbol("{"): return try object()
        case .symbol:
            position -= 1
            throw unexpected()
        }
    }

    func string(_ pieces: [JqTextToken], format: String?) throws(JqSyntaxError) -> JqNode {
        if pieces.count == 1, case .text(let text) = pieces[0] { return .literal(.string(text)) }
        var parts: [JqStringPiece] = []
        for piece in pieces {
            switch piece {
            case .text(let text): parts.append(.text(text))
            case .code(let tokens): parts.append(.value(try Self.parse(tokens, depth: depth + 10)))
            }
        }
        return .string(format: format, parts)
    }

    mutating func named(_ name: String) throws(JqSyntaxError) -> JqNode {
        switch name {
        case "true": return .literal(true)
        case "false": return .literal(false)
        case "null": return .literal(.null)
        case "if": return try condition()
        case "try":
            let body = try postfix()
            return .attempt(body, handler: takeName("catch") ? try postfix() : nil)
        case "reduce":
            let fold = try fold()
            try expect(")")
            return .reduce(fold.source, fold.pattern, start: fold.start, update: fold.update)
        case "foreach": return try foreach()
        case "label":
            guard case .variable(let label) = current else { throw unexpected("a name with $") }
            position += 1
            try expect("|")
            return .label(label, try pipe())
        case "break":
            guard case .variable(let label) = current else { throw unexpected("a name with $") }
            position += 1
            return .leave(label)
        case "def":
            position -= 1
            let function = try definition()
            return .define(function, in: try pipe())
        case "then", "elif", "else", "end", "as", "and", "or", "catch", "import", "include", "__loc__":
            position -= 1
            throw unexpected()
        default: return try call(name)
        }
    }

    mutating func call(_ name: String) throws(JqSyntaxError) -> JqNode {
        guard take("(") else { return .call(key: "\(name)/0", []) }
        var arguments = [try pipe()]
        while take(";") { arguments.append(try pipe()) }
        try expect(")")
        return .call(key: "\(name)/\(arguments.count)", arguments)
    }

    mutating func condition() throws(JqSyntaxError) -> JqNode {
        let test = try pipe()
        try expectName("then")
        let body = try pipe()
        if takeName("elif") {
            let rest = try deeper { (parser) throws(JqSyntaxError) in try parser.condition() }
            return .condition(test, then: body, otherwise: rest)
        }
        let otherwise = takeName("else") ? try pipe() : nil
        try expectName("end")
        return .condition(test, then: body, otherwise: otherwise)
    }

    mutating func foreach() throws(JqSyntaxError) -> JqNode {
        let fold = try fold()
        let extract = take(";") ? try pipe() : nil
        try expect(")")
        return .foreach(fold.source, fold.pattern, start: fold.start, update: fold.update, extract: extract)
    }

    /// `SOURCE as PATTERN (START; UPDATE`, with which `reduce` and `foreach` begin.
    private mutating func fold() throws(JqSyntaxError) -> (
        source: JqNode, pattern: JqPattern, start: JqNode, update: JqNode
    ) {
        let source = try postfix()
        try expectName("as")
        let pattern = try pattern()
        try expect("(")
        let start = try pipe()
        try expect(";")
        return (source, pattern, start, try pipe())
    }

    mutating func definition() throws(JqSyntaxError) -> JqFunction {
        try expectName("def")
        guard case .name(let name) = current else { throw unexpected("a name") }
        position += 1
        var parameters: [JqFunction.Parameter] = []
        if take("(") {
            repeat {
                switch current {
                case .name(let name): parameters.append(.init(name: name, isValue: false))
                case .variable(let name): parameters.append(.init(name: name, isValue: true))
                default: throw unexpected("a parameter")
                }
                position += 1
            } while take(";")
            try expect(")")
        }
        try expect(":")
        let body = try pipe()
        try expect(";")
        return JqFunction(name: name, parameters: parameters, body: body)
    }
}
