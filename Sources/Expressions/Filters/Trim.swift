extension TemplateFilter {
    static let trim = TemplateFilter(
        "trim", "The text without blanks and control characters at both ends.",
        examples: [Example("{{ '  a b ' | trim }}", "a b")]
    ) { input, _, run throws(ExpressionError) in .string(try run.plainText(of: input).javaTrimmed) }
}
