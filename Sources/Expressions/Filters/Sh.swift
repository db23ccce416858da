extension TemplateFilter {
    static let sh = TemplateFilter(
        "sh", "The text for between single quotes of a shell: every single quote in it as `'\\''`.",
        examples: [Example("{{ \"it's\" | sh }}", "it'\\''s")]
    ) { input, _, run throws(ExpressionError) in
        let text = try run.plainText(of: input)
        return .string(try TextSearch.replacing("'", with: "'\\''", in: text, limit: run.scope.limits.outputBytes))
    }
}
