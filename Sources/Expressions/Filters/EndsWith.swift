extension TemplateFilter {
    static let endsWith = TemplateFilter(
        "endsWith", "Whether a text ends with another.", [Parameter("value", "the end", required: true)],
        acceptsNull: true, examples: [Example("{{ 'Hello' | endsWith('lo') }}", "true")]
    ) { input, arguments, run throws(ExpressionError) in
        let (text, part) = try Affixes.texts(input, arguments, run)
        return .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
    }
}
