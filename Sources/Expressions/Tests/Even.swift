import FlowModel

extension TemplateTest {
    static let even = TemplateTest(
        "even", "Whether a whole number is even.", examples: [Example("{{ 2 is even }}", "true")]
    ) { value, arguments, _ throws(ExpressionError) in try Parity.isEven(value, "even") }
}

enum Parity {
    static func isEven(_ value: Value, _ test: String) throws(ExpressionError) -> Bool {
        if case .null = value { throw .evaluation("Can not pass null value to \"\(test)\" test.") }
        guard let number = Arithmetic.wholeNumber(value) else {
            throw .evaluation("The \"\(test)\" test needs a whole number.")
        }
        return number & 1 == 0
    }
}
