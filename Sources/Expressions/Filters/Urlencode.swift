extension TemplateFilter {
    static let urlencode = TemplateFilter(
        "urlencode", "The text as it stands in a URL's query or a form.",
        examples: [Example("{{ 'a b&c' | urlencode }}", "a+b%26c")]
    ) { input, _, run throws(ExpressionError) in .string(FormEncoding.encoded(try run.plainText(of: input))) }
}
