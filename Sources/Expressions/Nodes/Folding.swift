import FlowModel

/// Operations on constants are done once, at compile time; those that fail stay, to fail when they are reached.
private enum Folding {
    static func value(of node: any ExpressionNode) -> Value? {
        let run = Rendering(Program(source: "", body: []), in: Scope(variables: ValueMap()))
        return try? node.evaluate(run)
    }
}

extension BinaryNode {
    var folded: any ExpressionNode {
        guard left.constant != nil, right.constant != nil, let value = Folding.value(of: self) else { return self }
        return ConstantNode(value)
    }
}

extension PrefixNode {
    var folded: any ExpressionNode {
        guard operand.constant != nil, let value = Folding.value(of: self) else { return self }
        return ConstantNode(value)
    }
}
