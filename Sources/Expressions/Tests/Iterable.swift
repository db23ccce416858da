extension TemplateTest {
    static let iterable = TemplateTest(
        "iterable", "Whether a value is a list.",
        examples: [Example("{{ [1] is iterable }}", "true"), Example("{{ {'a': 1} is iterable }}", "false")]
    ) { value, _, _ in value.list != nil }
}
