extension TemplateFilter {
    static let yaml = TemplateFilter(
        "yaml", "The YAML text of a value; ends with a line end.", acceptsNull: true,
        examples: [Example("{{ {'a': 1} | yaml }}", "a: 1\n")]
    ) { input, _, run throws(ExpressionError) in
        try run.weigh(input)
        return .string(YAMLWriter.text(of: input))
    }
}
