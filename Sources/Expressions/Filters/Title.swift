extension TemplateFilter {
    static let title = TemplateFilter(
        "title", "Makes the first letter of every word upper case.",
        examples: [Example("{{ 'hello big world' | title }}", "Hello Big World")]
    ) { input, _, run throws(ExpressionError) in
        var result = ""
        var isStart = true
        for scalar in try run.plainText(of: input).unicodeScalars {
            if isStart {
                result += scalar.properties.titlecaseMapping
            } else {
                result.unicodeScalars.append(scalar)
            }
            isStart = scalar.properties.isWhitespace
        }
        return .string(result)
    }
}
