extension TemplateFilter {
    static let reverse = TemplateFilter(
        "reverse", "The items of a list from the last to the first.",
        makes: .items, examples: [Example("{{ [1, 2] | reverse }}", "[2,1]")]
    ) { input, _, _ throws(ExpressionError) in
        guard case .list(let items) = input else {
            throw .evaluation("The 'reverse' filter can only be applied to lists.")
        }
        return .list(items.reversed())
    }
}
