import FlowModel

/// Expressions, by precedence climbing. Source: expressions spec §4.1.
extension Parser {
    mutating func expression() throws(ExpressionError) -> any ExpressionNode {
        try nested(level: 0)
    }

    /// An expression one level deeper.
    private mutating func nested(level: Int) throws(ExpressionError) -> any ExpressionNode {
        try descend()
        defer { depth -= 1 }
        return try expression(level: level)
    }

    private mutating func expression(level: Int) throws(ExpressionError) -> any ExpressionNode {
        var left = try operand()
        var chain = 0
        while case .symbol(let symbol) = lexer.token, let own = symbol.level, own >= level {
            chain += 1
            guard chain <= 5 * depthLimit else {
                throw lexer.error("The expression has more than \(5 * depthLimit) operators in a row")
            }
            let offset = lexer.tokenStart
            try lexer.advance()
            switch symbol {
            case .filter: left = try filter(on: left)
            case .isTest, .isNotTest: left = try test(on: left, isNegated: symbol == .isNotTest)
            default:
                let right = try nested(level: own + 1)
                left = binary(symbol, left, right, at: offset)
            }
        }
        guard level == 0, lexer.token == .punctuation(UInt8(ascii: "?")) else { return left }
        return try ternary(left)
    }

    private mutating func ternary(_ condition: any ExpressionNode) throws(ExpressionError) -> any ExpressionNode {
        let offset = lexer.tokenStart
        try lexer.advance()
        let yes = try expression()
        try take(":")
        let no = try expression()
        return TernaryNode(condition, yes, no, offset: offset)
    }

    private func binary(
        _ symbol: Operator, _ left: any ExpressionNode, _ right: any ExpressionNode, at offset: Int
    ) -> any ExpressionNode {
        switch symbol {
        case .and, .or: return LogicNode(isAnd: symbol == .and, left, right, offset: offset)
        case .contains, .isIn, .range: return MembershipNode(symbol, left, right, offset: offset)
        case .coalesceNull, .coalesceUndefined:
            return CoalesceNode(left, right, replacesNull: symbol == .coalesceNull)
        case .concatenate:
            if let joined = left as? JoinNode, joined.isOperator {
                return JoinNode(joined.parts + [right], isOperator: true, offset: joined.offset)
            }
            return JoinNode([left, right], isOperator: true, offset: offset)
        default: return BinaryNode(symbol, left, right, offset: offset).folded
        }
    }

    // MARK: - Operands

    private mutating func operand() throws(ExpressionError) -> any ExpressionNode {
        let offset = lexer.tokenStart
        switch lexer.token {
        case .symbol(let symbol) where symbol == .not || symbol == .subtract || symbol == .add:
            try lexer.advance()
            let operand = try nested(level: Operator.prefixLevel)
            return PrefixNode(symbol, operand, offset: offset).folded
        case .punctuation(UInt8(ascii: "(")):
            try lexer.advance()
            let inner = try expression()
            try take(")")
            return try postfix(inner)
        case .punctuation(UInt8(ascii: "[")): return try list()
        case .punctuation(UInt8(ascii: "{")): return try map()
        case .quote(let quote):
            let text = try string(quote)
            return try postfix(text)
        case .integer(let number):
            try lexer.advance()
            return ConstantNode(.int(number))
        case .double(let number):
            try lexer.advance()
            return ConstantNode(.double(number))
        case .name(let name):
            try lexer.advance()
            return try named(name, at: offset)
        case .close, .end, .symbol:
            throw lexer.error("Unexpected \(lexer.token.shown), expected an expression")
        case .punctuation(let byte):
            let sign = Character(Unicode.Scalar(byte))
            throw lexer.error("Unexpected token \"PUNCTUATION\" of value \"\(sign)\", expected an expression")
        }
    }

    private mutating func named(_ name: String, at offset: Int) throws(ExpressionError) -> any ExpressionNode {
        if case .punctuation(UInt8(ascii: "(")) = lexer.token {
            let arguments = try self.arguments()
            switch name {
            case "render", "renderOnce", "printContext", "fetchContext", "block": mentionsLoop = true
            default: break
            }
            return try postfix(CallNode(name, arguments, offset: offset))
        }
        switch name {
        case "true", "TRUE": return try postfix(ConstantNode(true))
        case "false", "FALSE": return try postfix(ConstantNode(false))
        case "null", "NULL", "none", "NONE": return try postfix(ConstantNode(.null))
        case "loop", "_context": mentionsLoop = true
        default: break
        }
        return try path(name, at: offset)
    }

    /// The name and the plain parts that follow it; a method call ends them.
    private mutating func path(_ root: String, at offset: Int) throws(ExpressionError) -> any ExpressionNode {
        var steps: [PathNode.Step] = []
        while true {
            let end = lexer.previousEnd
            switch lexer.token {
            case .punctuation(UInt8(ascii: ".")):
                let start = lexer.tokenStart
                try lexer.advance()
                let name = try takeName("a name after the dot")
                if case .punctuation(UInt8(ascii: "(")) = lexer.token {
                    let object = PathNode(root: root, steps: steps, offset: offset, end: end)
                    let call = try method(name, of: object, at: start)
                    return try postfix(call)
                }
                steps.append(.key(name))
            case .punctuation(UInt8(ascii: "[")):
                try lexer.advance()
                let key = try expression()
                try take("]")
                steps.append(step(key))
            default:
                return PathNode(root: root, steps: steps, offset: offset, end: end)
            }
        }
    }

    private func step(_ key: any ExpressionNode) -> PathNode.Step {
        switch key.constant {
        case .string(let name): .key(name)
        case .int(let index): Int(exactly: index).map { .index($0) } ?? .dynamic(key)
        default: .dynamic(key)
        }
    }

    /// `.name`, `.name(…)` and `[…]` after anything.
    private mutating func postfix(_ node: any ExpressionNode) throws(ExpressionError) -> any ExpressionNode {
        var node = node
        var chain = 0
        while true {
            let start = lexer.tokenStart
            chain += 1
            guard chain <= 5 * depthLimit else {
                throw lexer.error("The expression has more than \(5 * depthLimit) attributes in a row")
            }
            switch lexer.token {
            case .punctuation(UInt8(ascii: ".")):
                try lexer.advance()
                let name = try takeName("a name after the dot")
                if case .punctuation(UInt8(ascii: "(")) = lexer.token {
                    node = try method(name, of: node, at: start)
                } else {
                    node = AttributeNode(node, ConstantNode(.string(name)), offset: start)
                }
            case .punctuation(UInt8(ascii: "[")):
                try lexer.advance()
                let key = try expression()
                try take("]")
                node = AttributeNode(node, key, offset: start)
            default:
                return node
            }
        }
    }

    private mutating func method(
        _ name: String, of object: any ExpressionNode, at offset: Int
    ) throws(ExpressionError) -> any ExpressionNode {
        let arguments = try self.arguments()
        guard arguments.named.isEmpty else {
            throw lexer.error("The arguments of the method \(name) cannot be named", at: offset)
        }
        return MethodNode(object, name, arguments.positional, offset: offset)
    }

    // MARK: - Literals

    private mutating func list() throws(ExpressionError) -> any ExpressionNode {
        let offset = lexer.tokenStart
        try lexer.advance()
        var items: [any ExpressionNode] = []
        while lexer.token != .punctuation(UInt8(ascii: "]")) {
            if !items.isEmpty { try take(",") }
            items.append(try expression())
        }
        try lexer.advance()
        let constants = items.compactMap(\.constant)
        return constants.count == items.count ? ConstantNode(.list(constants)) : ListNode(items, offset: offset)
    }

    private mutating func map() throws(ExpressionError) -> any ExpressionNode {
        let offset = lexer.tokenStart
        try lexer.advance()
        var entries: [(key: any ExpressionNode, value: any ExpressionNode)] = []
        while lexer.token != .punctuation(UInt8(ascii: "}")) {
            if !entries.isEmpty { try take(",") }
            let key = try expression()
            try take(":")
            entries.append((key, try expression()))
        }
        try lexer.advance()
        return entries.isEmpty ? ConstantNode(.map([:])) : MapNode(entries, offset: offset)
    }

    /// A string and what is interpolated in it. The current token is its opening quote.
    private mutating func string(_ quote: UInt8) throws(ExpressionError) -> any ExpressionNode {
        let offset = lexer.tokenStart
        var parts: [any ExpressionNode] = []
        while true {
            let (text, end) = try lexer.stringPart(quote)
            if end == .quote {
                try lexer.advance()
                if case .quote = lexer.token { throw lexer.error("Unexpected \(lexer.token.shown)") }
                if parts.isEmpty { return ConstantNode(.string(text)) }
                if !text.isEmpty { parts.append(ConstantNode(.string(text))) }
                return JoinNode(parts, isOperator: false, offset: offset)
            }
            if !text.isEmpty { parts.append(ConstantNode(.string(text))) }
            try lexer.advance()
            parts.append(try expression())
            guard lexer.token == .punctuation(UInt8(ascii: "}")) else {
                throw lexer.error("Unexpected \(lexer.token.shown), expected the end of the interpolation #{ … }")
            }
        }
    }

    // MARK: - Calls

    /// The filter whose name is the current token, applied to `input`.
    mutating func filter(on input: any ExpressionNode) throws(ExpressionError) -> any ExpressionNode {
        let offset = lexer.tokenStart
        let name = try takeName("the name of a filter")
        let arguments = try optionalArguments()
        guard let filter = Catalogue.filter(named: name) else {
            return FailingNode(
                .evaluation("Filter [\(name)] does not exist.", hint: Self.hint(forFilter: name)),
                after: input, offset: offset)
        }
        let node = FilterNode(filter, input, BoundArguments(arguments, to: filter.signature), offset: offset)
        return name == "className" ? ClassNameNode(node) : node
    }

    private static func hint(forFilter name: String) -> String? {
        switch name {
        case "escape", "raw", "e": return "leave it out: nothing is escaped here"
        case "round": return "write `| numberFormat('0')`"
        case "int", "float": return "write `| number`"
        case "batch": return "write `| chunk(…)`"
        case "map", "select", "selectattr": return "write `| jq('map(…)')`"
        case "b64encode": return "write `| base64encode`"
        case "tojson": return "write `| toJson`"
        case "striptags", "addslashes": return "write `| regexReplace('…', '…')`"
        default: break
        }
        if let near = ExpressionError.hint(nearest: name, among: Catalogue.filters.map(\.name)) { return near }
        return Catalogue.function(named: name).map { "`\($0.name)` is a function: write `\($0.name)(…)`" }
    }

    private mutating func test(
        on input: any ExpressionNode, isNegated: Bool
    ) throws(ExpressionError) -> any ExpressionNode {
        let offset = lexer.tokenStart
        let name = try takeName("the name of a test")
        let arguments = try optionalArguments()
        guard let test = Catalogue.test(named: name) else {
            return FailingNode(
                .evaluation(
                    "Test [\(name)] does not exist.",
                    hint: ExpressionError.hint(nearest: name, among: Catalogue.tests.map(\.name))
                        ?? "there are \(Catalogue.tests.map { "`\($0.name)`" }.joined(separator: ", "))"),
                after: input, offset: offset)
        }
        return TestNode(
            test, input, BoundArguments(arguments, to: test.signature), isNegated: isNegated, offset: offset)
    }

    private mutating func optionalArguments() throws(ExpressionError) -> ParsedArguments {
        guard case .punctuation(UInt8(ascii: "(")) = lexer.token else { return ParsedArguments() }
        return try arguments()
    }

    /// `(a, b, name=c)`; the current token is the bracket.
    private mutating func arguments() throws(ExpressionError) -> ParsedArguments {
        try lexer.advance()
        var arguments = ParsedArguments()
        while lexer.token != .punctuation(UInt8(ascii: ")")) {
            if !arguments.isEmpty { try take(",") }
            if case .name(let name) = lexer.token, lexer.nextBytes().0 == UInt8(ascii: "="),
                lexer.nextBytes().1 != UInt8(ascii: "=")
            {
                try lexer.advance()
                try lexer.advance()
                arguments.named.append((name, try expression()))
            } else {
                guard arguments.named.isEmpty else {
                    throw lexer.error("Positional arguments must be declared before any named arguments.")
                }
                arguments.positional.append(try expression())
            }
        }
        try lexer.advance()
        return arguments
    }

    // MARK: - Tokens

    mutating func takeName(_ expected: String) throws(ExpressionError) -> String {
        guard case .name(let name) = lexer.token else {
            throw lexer.error("Unexpected \(lexer.token.shown), expected \(expected)", hint: nameHint(expected))
        }
        try lexer.advance()
        return name
    }

    private func nameHint(_ expected: String) -> String? {
        guard expected == "a name after the dot" else { return nil }
        return switch lexer.token {
        case .integer(let index): "write [\(index)]"
        case .symbol(let symbol): "write ['\(symbol.shown)']"
        default: nil
        }
    }

    mutating func take(_ punctuation: Unicode.Scalar) throws(ExpressionError) {
        guard lexer.token == .punctuation(UInt8(ascii: punctuation)) else {
            throw lexer.error("Unexpected \(lexer.token.shown), expected \"\(punctuation)\"")
        }
        try lexer.advance()
    }
}
