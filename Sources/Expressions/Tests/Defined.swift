import FlowModel

extension TemplateTest {
    static let defined = TemplateTest(
        "defined", "Whether something exists and is not null.", acceptsUndefined: true,
        examples: [Example("{{ missing is defined }}", "false"), Example("{{ 1 is defined }}", "true")]
    ) { value, _, _ in value != .null }
}
