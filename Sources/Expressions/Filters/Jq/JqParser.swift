import FlowModel

/// Builds the tree of a program. From loosest to tightest: `|`, `,`, `//`, `=` and its like, `or`, `and`, comparisons,
/// `+ -`, `* / %`, then terms. Source: expressions spec §15.
struct JqParser {
    private let tokens: [JqToken]
    private var position = 0
    private var depth = 0
    private static let depthLimit = 200

    static func parse(_ program: String) throws(JqSyntaxError) -> JqNode {
        try parse(try JqLexer.tokens(of: program), depth: 0)
    }

    /// The functions that a text of definitions holds.
    static func definitions(_ text: String) throws(JqSyntaxError) -> [JqFunction] {
        var parser = JqParser(tokens: try JqLexer.tokens(of: text))
        var functions: [JqFunction] = []
        while parser.isName("def") { functions.append(try parser.definition()) }
        guard parser.current == nil else { throw parser.unexpected() }
        return functions
    }

    private static func parse(_ tokens: [JqToken], depth: Int) throws(JqSyntaxError) -> JqNode {
        var parser = JqParser(tokens: tokens)
        parser.depth = depth
        if parser.current == nil { return .identity }
        let node = try parser.pipe()
        guard parser.current == nil else { throw parser.unexpected() }
        return node
    }

    private init(tokens: [JqToken]) { self.tokens = tokens }

    private var current: JqToken? { position < tokens.count ? tokens[position] : nil }

    private func isSymbol(_ symbol: String) -> Bool { current == .symbol(symbol) }
    private func isName(_ name: String) -> Bool { current == .name(name) }

    private mutating func take(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func takeName(_ name: String) -> Bool {
        guard isName(name) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(JqSyntaxError) {
        guard take(symbol) else { throw unexpected("\"\(symbol)\"") }
    }

    private mutating func expectName(_ name: String) throws(JqSyntaxError) {
        guard takeName(name) else { throw unexpected("\"\(name)\"") }
    }

    private func unexpected(_ wanted: String? = nil) -> JqSyntaxError {
        let found =
            switch current {
            case nil: "the end of the program"
            case .field(let name): "\".\(name)\""
            case .name(let name), .symbol(let name): "\"\(name)\""
            case .variable(let name): "\"$\(name)\""
            case .format(let name): "\"@\(name)\""
            case .number: "a number"
            case .string: "a text"
            }
        return JqSyntaxError(message: "unexpected \(found)" + (wanted.map { ", expected \($0)" } ?? ""))
    }

    private mutating func deeper<Result>(
        _ work: (inout JqParser) throws(JqSyntaxError) -> Result
    ) throws(JqSyntaxError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw JqSyntaxError(message: "the program is nested too deeply") }
        return try work(&self)
    }
}

// MARK: - Operators

extension JqParser {
    private mutating func pipe() throws(JqSyntaxError) -> JqNode {
        try deeper { (parser) throws(JqSyntaxError) in
            if parser.isName("def") {
                let function = try parser.definition()
                return .define(function, in: try parser.pipe())
            }
            let left = try parser.comma()
            return parser.take("|") ? .pipe(left, try parser.pipe()) : left
        }
    }

    private mutating func comma() throws(JqSyntaxError) -> JqNode {
        var left = try alternative()
        while take(",") { left = .both(left, try alternative()) }
        return left
    }

    private mutating func alternative() throws(JqSyntaxError) -> JqNode {
        let left = try assignment()
        guard take("//") else { return left }
        return .alternative(left, try deeper { (parser) throws(JqSyntaxError) in try parser.alternative() })
    }

    private mutating func assignment() throws(JqSyntaxError) -> JqNode {
        let left = try disjunction()
        guard case .symbol(let symbol) = current else { return left }
        let operators: [String: JqOperator] = [
            "+=": .add, "-=": .subtract, "*=": .multiply, "/=": .divide, "%=": .remainder,
        ]
        guard ["=", "|=", "//="].contains(symbol) || operators[symbol] != nil else { return left }
        position += 1
        // The right side takes an alternative in: `.a = .b // 1` sets .a to `.b // 1`.
        let right = try deeper { (parser) throws(JqSyntaxError) in try parser.alternative() }
        switch symbol {
        case "=": return .assign(left, right)
        case "|=": return .modify(left, right)
        case "//=": return .modifyAlternative(left, right)
        default: return operators[symbol].map { .modifyWith($0, left, right) } ?? left
        }
    }

    private mutating func disjunction() throws(JqSyntaxError) -> JqNode {
        var left = try conjunction()
        while takeName("or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(JqSyntaxError) -> JqNode {
        var left = try comparison()
        while takeName("and") { left = .and(left, try comparison()) }
        return left
    }

    private mutating func comparison() throws(JqSyntaxError) -> JqNode {
        let left = try sum()
        let operators: [String: JqComparison] = [
            "==": .equal, "!=": .unequal, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
        ]
        guard case .symbol(let symbol) = current, let comparison = operators[symbol] else { return left }
        position += 1
        return .comparison(comparison, left, try sum())
    }

    private mutating func sum() throws(JqSyntaxError) -> JqNode {
        var left = try product()
        while true {
            if take("+") {
                left = .arithmetic(.add, left, try product())
            } else if take("-") {
                left = .arithmetic(.subtract, left, try product())
            } else {
                return left
            }
        }
    }

    private mutating func product() throws(JqSyntaxError) -> JqNode {
        var left = try operand()
        while true {
            if take("*") {
                left = .arithmetic(.multiply, left, try operand())
            } else if take("/") {
                left = .arithmetic(.divide, left, try operand())
            } else if take("%") {
                left = .arithmetic(.remainder, left, try operand())
            } else {
                return left
            }
        }
    }

    private mutating func operand() throws(JqSyntaxError) -> JqNode {
        try deeper { (parser) throws(JqSyntaxError) in
            if parser.take("-") { return .negate(try parser.operand()) }
            let term = try parser.postfix()
            guard parser.takeName("as") else { return term }
            let pattern = try parser.pattern()
            if parser.isSymbol("?//") { throw JqSyntaxError(message: "\"?//\" is not supported") }
            try parser.expect("|")
            return .bind(term, pattern, body: try parser.pipe())
        }
    }
}

// MARK: - Terms

extension JqParser {
    /// A term and what follows it: `.a`, `[…]`, `?`.
    private mutating func postfix() throws(JqSyntaxError) -> JqNode {
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
    private mutating func subscripted(_ node: JqNode) throws(JqSyntaxError) -> JqNode {
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

    private mutating func term() throws(JqSyntaxError) -> JqNode {
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

    private func string(_ pieces: [JqTextToken], format: String?) throws(JqSyntaxError) -> JqNode {
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

    private mutating func named(_ name: String) throws(JqSyntaxError) -> JqNode {
        switch name {
        case "true": return .literal(true)
        case "false": return .literal(false)
        case "null": return .literal(.null)
        case "if": return try condition()
        case "try":
            let body = try postfix()
            return .attempt(body, handler: takeName("catch") ? try postfix() : nil)
        case "reduce":
            let source = try postfix()
            try expectName("as")
            let pattern = try pattern()
            try expect("(")
            let start = try pipe()
            try expect(";")
            let update = try pipe()
            try expect(")")
            return .reduce(source, pattern, start: start, update: update)
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

    private mutating func call(_ name: String) throws(JqSyntaxError) -> JqNode {
        guard take("(") else { return .call(key: "\(name)/0", []) }
        var arguments = [try pipe()]
        while take(";") { arguments.append(try pipe()) }
        try expect(")")
        return .call(key: "\(name)/\(arguments.count)", arguments)
    }

    private mutating func condition() throws(JqSyntaxError) -> JqNode {
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

    private mutating func foreach() throws(JqSyntaxError) -> JqNode {
        let source = try postfix()
        try expectName("as")
        let pattern = try pattern()
        try expect("(")
        let start = try pipe()
        try expect(";")
        let update = try pipe()
        let extract = take(";") ? try pipe() : nil
        try expect(")")
        return .foreach(source, pattern, start: start, update: update, extract: extract)
    }

    private mutating func definition() throws(JqSyntaxError) -> JqFunction {
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

// MARK: - Objects and patterns

extension JqParser {
    private mutating func object() throws(JqSyntaxError) -> JqNode {
        var members: [(key: JqNode, value: JqNode)] = []
        if take("}") { return .object([]) }
        repeat { members.append(try member()) } while take(",")
        try expect("}")
        return .object(members)
    }

    private mutating func member() throws(JqSyntaxError) -> (key: JqNode, value: JqNode) {
        guard let token = current else { throw unexpected() }
        position += 1
        let key: JqNode
        switch token {
        case .variable(let name): return (.literal(.string(name)), .variable(name))
        case .name(let name): key = .literal(.string(name))
        case .string(let pieces): key = try string(pieces, format: nil)
        case .format(let name):
            guard case .string(let pieces) = current else {
                key = .format(name)
                break
            }
            position += 1
            key = try string(pieces, format: name)
        case .number(let number): key = .literal(.string(number.plain()))
        case .symbol("("):
            key = try pipe()
            try expect(")")
            try expect(":")
            return (key, try memberValue())
        default:
            position -= 1
            throw unexpected("a name")
        }
        return take(":") ? (key, try memberValue()) : (key, .index(.identity, key: key))
    }

    /// Terms joined by `|`; a comma would end the member.
    private mutating func memberValue() throws(JqSyntaxError) -> JqNode {
        let left = try deeper { (parser) throws(JqSyntaxError) in try parser.alternative() }
        return take("|") ? .pipe(left, try memberValue()) : left
    }

    private mutating func pattern() throws(JqSyntaxError) -> JqPattern {
        try deeper { (parser) throws(JqSyntaxError) in try parser.patternBody() }
    }

    private mutating func patternBody() throws(JqSyntaxError) -> JqPattern {
        if case .variable(let name) = current {
            position += 1
            return .variable(name)
        }
        if take("[") {
            var items = [try pattern()]
            while take(",") { items.append(try pattern()) }
            try expect("]")
            return .array(items)
        }
        try expect("{")
        var members: [(key: JqNode, variable: String?, value: JqPattern?)] = []
        repeat {
            guard let token = current else { throw unexpected() }
            position += 1
            switch token {
            case .variable(let name):
                members.append((.literal(.string(name)), name, take(":") ? try pattern() : nil))
                continue
            case .name(let name): members.append((.literal(.string(name)), nil, nil))
            case .string(let pieces): members.append((try string(pieces, format: nil), nil, nil))
            case .symbol("("):
                members.append((try pipe(), nil, nil))
                try expect(")")
            default:
                position -= 1
                throw unexpected("a name")
            }
            try expect(":")
            members[members.count - 1].value = try pattern()
        } while take(",")
        try expect("}")
        return .object(members)
    }
}
