import FlowModel

extension TemplateFunction {
    static let max = TemplateFunction(
        "max", "The largest of the numbers.", isVariadic: true, examples: [Example("{{ max(1, 3, 2) }}", "3")]
    ) { arguments, _ throws(ExpressionError) in try Extremes.extreme(arguments, .after) }

    static let min = TemplateFunction(
        "min", "The smallest of the numbers.", isVariadic: true, examples: [Example("{{ min(8.0, 1, 4) }}", "1")]
    ) { arguments, _ throws(ExpressionError) in try Extremes.extreme(arguments, .before) }
}

enum Extremes {
    static func extreme(_ arguments: Arguments, _ wanted: Value.Order) throws(ExpressionError) -> Value {
        var best: Value?
        for argument in arguments.values {
            guard let argument, argument.isNumber else {
                throw .evaluation("The '\(arguments.signature.name)' function can only be applied to numbers.")
            }
            if let current = best, argument.order(to: current) != wanted { continue }
            best = argument
        }
        return best ?? .null
    }
}
