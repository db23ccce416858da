import FlowModel

/// Builds the tree of a program. From loosest to tightest: `|`, `,`, `//`, `=` and its like, `or`, `and`, comparisons,
/// `+ -`, `* / %`, then terms. Source: expressions spec §15.
struct JqParser {
    let tokens: [JqToken]
    var position = 0
    var depth = 0
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

    static func parse(_ tokens: [JqToken], depth: Int) throws(JqSyntaxError) -> JqNode {
        var parser = JqParser(tokens: tokens)
        parser.depth = depth
        if parser.current == nil { return .identity }
        let node = try parser.pipe()
        guard parser.current == nil else { throw parser.unexpected() }
        return node
    }

    init(tokens: [JqToken]) { self.tokens = tokens }

    var current: JqToken? { position < tokens.count ? tokens[position] : nil }

    func isSymbol(_ symbol: String) -> Bool { current == .symbol(symbol) }
    func isName(_ name: String) -> Bool { current == .name(name) }

    mutating func take(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        position += 1
        return true
    }

    mutating func takeName(_ name: String) -> Bool {
        guard isName(name) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: String) throws(JqSyntaxError) {
        guard take(symbol) else { throw unexpected("\"\(symbol)\"") }
    }

    mutating func expectName(_ name: String) throws(JqSyntaxError) {
        guard takeName(name) else { throw unexpected("\"\(name)\"") }
    }

    func unexpected(_ wanted: String? = nil) -> JqSyntaxError {
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

    mutating func deeper<Result>(
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
    mutating func pipe() throws(JqSyntaxError) -> JqNode {
        try deeper { (parser) throws(JqSyntaxError) in
            if parser.isName("def") {
                let function = try parser.definition()
                return .define(function, in: try parser.pipe())
            }
            let left = try parser.comma()
            return parser.take("|") ? .pipe(left, try parser.pipe()) : left
        }
    }

    mutating func comma() throws(JqSyntaxError) -> JqNode {
        var left = try alternative()
        while take(",") { left = .both(left, try alternative()) }
        return left
    }

    mutating func alternative() throws(JqSyntaxError) -> JqNode {
        let left = try assignment()
        guard take("//") else { return left }
        return .alternative(left, try deeper { (parser) throws(JqSyntaxError) in try parser.alternative() })
    }

    mutating func assignment() throws(JqSyntaxError) -> JqNode {
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

    mutating func disjunction() throws(JqSyntaxError) -> JqNode {
        var left = try conjunction()
        while takeName("or") { left = .or(left, try conjunction()) }
        return left
    }

    mutating func conjunction() throws(JqSyntaxError) -> JqNode {
        var left = try comparison()
        while takeName("and") { left = .and(left, try comparison()) }
        return left
    }

    mutating func comparison() throws(JqSyntaxError) -> JqNode {
        let left = try sum()
        let operators: [String: JqComparison] = [
            "==": .equal, "!=": .unequal, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
        ]
        guard case .symbol(let symbol) = current, let comparison = operators[symbol] else { return left }
        position += 1
        return .comparison(comparison, left, try sum())
    }

    mutating func sum() throws(JqSyntaxError) -> JqNode {
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

    mutating func product() throws(JqSyntaxError) -> JqNode {
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

    mutating func operand() throws(JqSyntaxError) -> JqNode {
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
