import FlowModel

/// `value | className`: values do not keep the width of an integer, but the expression that makes it often tells.
final class ClassNameNode: ExpressionNode {
    private let filter: FilterNode
    /// The class of the whole numbers that the input makes, where that is known.
    private let wholeNumbers: String?

    init(_ filter: FilterNode) {
        self.filter = filter
        wholeNumbers = Self.wholeNumbers(of: filter.input)
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let name = try filter.evaluate(run)
        guard let wholeNumbers, case .string(let text) = name else { return name }
        if wholeNumbers == Self.asWritten { return try written(text, run) }
        switch text {
        case "java.lang.Integer", "java.lang.Long", "java.math.BigInteger", "java.math.BigDecimal":
            return .string(wholeNumbers)
        default: return name
        }
    }

    /// `number` without a type: the text that it reads tells.
    private static let asWritten = "as written"

    /// `5L` is a long.
    private func written(_ name: String, _ run: Rendering) throws(ExpressionError) -> Value {
        guard name == "java.lang.Integer", let number = filter.input as? FilterNode,
            case .string(let text) = try number.input.evaluate(run)
        else { return .string(name) }
        return .string(text.hasSuffix("L") || text.hasSuffix("l") ? "java.lang.Long" : name)
    }

    private static func wholeNumbers(of node: any ExpressionNode) -> String? {
        if case .int? = node.constant { return "java.lang.Long" }
        if let filter = node as? FilterNode {
            switch filter.filter.name {
            case "number": return numberClass(filter.arguments.constant(0)?.string) ?? asWritten
            case "timestamp": return "java.lang.Long"
            case "abs": return wholeNumbers(of: filter.input)
            default: return nil
            }
        }
        return nil
    }

    private static func numberClass(_ type: String?) -> String? {
        switch type {
        case "INT": "java.lang.Integer"
        case "LONG": "java.lang.Long"
        case "BIGDECIMAL": "java.math.BigDecimal"
        case "BIGINTEGER": "java.math.BigInteger"
        default: nil
        }
    }
}
