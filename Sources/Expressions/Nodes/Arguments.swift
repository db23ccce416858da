import FlowModel

/// The arguments of a call as they are written.
struct ParsedArguments: Sendable {
    var positional: [any ExpressionNode] = []
    var named: [(name: String, value: any ExpressionNode)] = []

    var isEmpty: Bool { positional.isEmpty && named.isEmpty }
}

/// The arguments of a call in the order in which the callee declares them. Source: expressions spec §9.
struct BoundArguments: Sendable {
    private let nodes: [(any ExpressionNode)?]
    private let failure: String?
    private let hint: String?

    init(nodes: [(any ExpressionNode)?]) {
        self.nodes = nodes
        (failure, hint) = (nil, nil)
    }

    init(_ arguments: ParsedArguments, to signature: Signature) {
        if signature.isVariadic {
            self.init(nodes: arguments.positional + arguments.named.map(\.value))
            return
        }
        if signature.parameters.isEmpty || arguments.isEmpty {
            self.init(nodes: [])
            return
        }
        let count = signature.parameters.count
        var nodes = [(any ExpressionNode)?](repeating: nil, count: count)
        for (position, node) in arguments.positional.enumerated() {
            guard position < count else {
                self.init(
                    failure: "The argument at position \(position + 1) is not allowed. "
                        + "Only \(count) argument(s) are allowed.")
                return
            }
            nodes[position] = node
        }
        for (name, node) in arguments.named {
            guard let position = signature.parameters.firstIndex(where: { $0.name == name }) else {
                self.init(
                    failure: "The following named argument does not exist: \(name)",
                    hint: ExpressionError.hint(nearest: name, orOneOf: signature.parameters.map(\.name)))
                return
            }
            nodes[position] = node
        }
        self.init(nodes: nodes)
    }

    private init(failure: String, hint: String? = nil) {
        nodes = []
        self.failure = failure
        self.hint = hint
    }

    /// The argument at that position where it is the same each time.
    func constant(_ position: Int) -> Value? { nodes.indices.contains(position) ? nodes[position]?.constant : .none }

    /// The values; nil for those left out. Arguments are evaluated even where the callee does not look at them.
    func evaluate(_ run: Rendering) throws(ExpressionError) -> [Value?] {
        if let failure { throw .evaluation(failure, hint: hint) }
        if nodes.isEmpty { return [] }
        var values: [Value?] = []
        values.reserveCapacity(nodes.count)
        for node in nodes {
            if let node { values.append(try node.evaluate(run)) } else { values.append(nil) }
        }
        return values
    }
}

/// The arguments that a filter, function or test is called with.
struct Arguments {
    let values: [Value?]
    let signature: Signature

    init(_ values: [Value?], of signature: Signature) {
        self.values = values
        self.signature = signature
    }

    /// The value at that position; its declared default where it was left out, else nil.
    subscript(_ position: Int) -> Value? {
        if position < values.count, let value = values[position] { return value }
        return signature.parameters.indices.contains(position) ? signature.parameters[position].defaultValue : nil
    }

    /// Whether the argument is written in the call, as null perhaps.
    func isGiven(_ position: Int) -> Bool { position < values.count && values[position] != nil }

    /// The argument, which must be written in the call.
    func required(_ position: Int) throws(ExpressionError) -> Value {
        if let value = self[position] { return value }
        throw .evaluation(
            "The '\(signature.name)' \(signature.kind.rawValue) expects an argument "
                + "'\(signature.parameters[position].name)'.")
    }

    /// A text; other scalars by their plain form. Nil for null and for one left out without a default.
    func text(_ position: Int, _ run: Rendering) throws(ExpressionError) -> String? {
        switch self[position] {
        case nil, .null: nil
        case .string(let text): text
        case .some(let value): try run.plainText(of: value)
        }
    }

    /// A text that must be there.
    func requiredText(_ position: Int, _ run: Rendering) throws(ExpressionError) -> String {
        switch try required(position) {
        case .string(let text): return text
        case .null:
            throw .evaluation(
                "The argument '\(signature.parameters[position].name)' of '\(signature.name)' cannot be null.")
        case let value: return try run.plainText(of: value)
        }
    }

    /// A whole number; nil for null and for one left out without a default.
    func integer(_ position: Int) throws(ExpressionError) -> Int? {
        switch self[position] {
        case nil, .null: return nil
        case .some(let value):
            if let number = Arithmetic.wholeNumber(value) { return Int(number) }
            throw .evaluation(
                "The argument '\(signature.parameters[position].name)' of '\(signature.name)' must be a whole number.")
        }
    }

    func flag(_ position: Int) throws(ExpressionError) -> Bool? {
        switch self[position] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        case .string("true"): return true
        case .string("false"): return false
        default:
            throw .evaluation(
                "The argument '\(signature.parameters[position].name)' of '\(signature.name)' must be true or false.")
        }
    }
}
