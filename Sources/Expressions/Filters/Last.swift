extension TemplateFilter {
    static let last = TemplateFilter(
        "last", "The last item of a list, or the last character of a text; null for an empty list.",
        makes: .nothing, examples: [Example("{{ [1, 2] | last }}", "2"), Example("{{ 'abc' | last }}", "c")]
    ) { input, _, _ throws(ExpressionError) in try Ends.end(of: input, last: true, "last") }
}
