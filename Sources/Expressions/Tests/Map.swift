extension TemplateTest {
    static let map = TemplateTest(
        "map", "Whether a value is a map.", examples: [Example("{{ {'a': 1} is map }}", "true")]
    ) { value, _, _ in value.map != nil }
}
