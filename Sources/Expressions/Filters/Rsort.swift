extension TemplateFilter {
    static let rsort = TemplateFilter(
        "rsort", "The items of a list in descending order.", makes: .items,
        examples: [Example("{{ [3, 1, 2] | rsort }}", "[3,2,1]")]
    ) { input, _, run throws(ExpressionError) in try Sorting.sorted(input, "rsort", descending: true, run) }
}
