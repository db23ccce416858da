extension TemplateFilter {
    static let urldecode = TemplateFilter(
        "urldecode", "The text that stands encoded in a URL's query or a form.",
        examples: [Example("{{ 'a+b%26c' | urldecode }}", "a b&c")]
    ) { input, _, run throws(ExpressionError) in
        guard let text = FormEncoding.decoded(try run.plainText(of: input)) else {
            throw .evaluation("The text is not URL encoded: % must be followed by two hexadecimal digits.")
        }
        return .string(text)
    }
}
