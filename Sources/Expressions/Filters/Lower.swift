extension TemplateFilter {
    static let lower = TemplateFilter(
        "lower", "Makes all letters lower case.", examples: [Example("{{ 'ABC' | lower }}", "abc")]
    ) { input, _, run throws(ExpressionError) in .string(try run.plainText(of: input).lowercased()) }
}
