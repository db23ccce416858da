extension TemplateFilter {
    static let upper = TemplateFilter(
        "upper", "Makes all letters upper case.", examples: [Example("{{ 'abc' | upper }}", "ABC")]
    ) { input, _, run throws(ExpressionError) in .string(try run.plainText(of: input).uppercased()) }
}
