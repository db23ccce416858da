import FlowModel

extension TemplateTest {
    static let null = TemplateTest(
        "null", "Whether a value is null.", examples: [Example("{{ null is null }}", "true")]
    ) { value, _, _ in value == .null }
}
