import FlowModel

extension TemplateFilter {
    static let slugify = TemplateFilter(
        "slugify", "The text as part of a URL: lower-case letters, digits and hyphens.",
        examples: [Example("{{ 'Ünïcode Text_here!' | slugify }}", "unicode-text-here")]
    ) { input, _, run throws(ExpressionError) in .string(Slug.of(try run.plainText(of: input))) }
}
