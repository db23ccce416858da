extension TemplateTest {
    static let odd = TemplateTest(
        "odd", "Whether a whole number is odd.", examples: [Example("{{ 3 is odd }}", "true")]
    ) { value, arguments, _ throws(ExpressionError) in !(try Parity.isEven(value, "odd")) }
}
