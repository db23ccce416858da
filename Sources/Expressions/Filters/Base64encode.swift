extension TemplateFilter {
    static let base64encode = TemplateFilter(
        "base64encode", "The Base64 text of the text's UTF-8 bytes.",
        examples: [Example("{{ 'test' | base64encode }}", "dGVzdA==")]
    ) { input, _, run throws(ExpressionError) in .string(Base64.encoded(Array(try run.plainText(of: input).utf8))) }
}
