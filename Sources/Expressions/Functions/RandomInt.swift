import FlowModel

extension TemplateFunction {
    static let randomInt = TemplateFunction(
        "randomInt", "A random whole number of at least `lower` and less than `upper`.",
        [
            Parameter("lower", "the smallest number", required: true),
            Parameter("upper", "the number that is not reached", required: true),
        ],
        examples: [Example("{{ randomInt(1, 2) }}", "1")]
    ) { arguments, run throws(ExpressionError) in
        let lower = try bound(arguments, 0)
        let upper = try bound(arguments, 1)
        guard upper >= lower else {
            throw .evaluation("In the 'randomInt' function the upper bound must not be less than the lower bound.")
        }
        let width = UInt64(bitPattern: upper &- lower)
        let offset = run.world.random().multipliedFullWidth(by: width).high
        return .int(lower &+ Int64(bitPattern: offset))
    }

    private static func bound(_ arguments: Arguments, _ position: Int) throws(ExpressionError) -> Int64 {
        guard let value = arguments[position] else {
            let name = arguments.signature.parameters[position].name
            throw .evaluation("The 'GenerateRandomNumber' function expects an argument \(name)")
        }
        guard let number = Arithmetic.wholeNumber(value) else {
            throw .evaluation("The bounds of the 'randomInt' function must be whole numbers.")
        }
        return number
    }
}
