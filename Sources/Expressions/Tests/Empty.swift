extension TemplateTest {
    static let empty = TemplateTest(
        "empty", "Whether a value is null, a blank text, or a list or map without anything in it.",
        examples: [Example("{{ [] is empty }}", "true"), Example("{{ 0 is empty }}", "false")]
    ) { value, _, _ in Emptiness.isEmpty(value) }
}
