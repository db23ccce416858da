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
        switch text {
        case "java.lang.Integer", "java.lang.Long", "java.math.BigInteger", "java.math.BigDecimal":
            return .string(wholeNumbers)
        default: return name
        }
    }

    private static func wholeNumbers(of node: any ExpressionNode) -> String? {
        if case .int? = node.constant { return "java.lang.Long" }
        if let filter = node as? FilterNode {
            switch filter.filter.name {
            case "number": return numberClass(filter.arguments.constant(0)?.string)
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
