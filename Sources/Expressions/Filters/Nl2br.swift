extension TemplateFilter {
    static let nl2br = TemplateFilter(
        "nl2br", "The text with every line end as an HTML line break.",
        examples: [Example("{{ \"a\nb\" | nl2br }}", "a<br />b")]
    ) { input, _, run throws(ExpressionError) in
        let text = try run.plainText(of: input)
        let limit = run.scope.limits.outputBytes
        let plain = try TextSearch.replacing("\r\n", with: "\n", in: text, limit: limit)
        return .string(try TextSearch.replacing("\n", with: "<br />", in: plain, limit: limit))
    }
}
