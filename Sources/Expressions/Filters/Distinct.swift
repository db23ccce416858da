import FlowModel

extension TemplateFilter {
    static let distinct = TemplateFilter(
        "distinct", "The items of a list without those that occurred before.", acceptsNull: true,
        makes: .items, examples: [Example("{{ [1, 2, 1] | distinct }}", "[1,2]")]
    ) { input, _, run throws(ExpressionError) in
        if case .null = input { return "null" }
        guard case .list(let items) = input else {
            throw .evaluation(
                "'distinct' filter can only be applied to List. Actual type was: \(ClassNames.name(of: input))")
        }
        try run.survey(input)
        try run.allocate(2 * Weights.list(items.count))
        var seen = Set<Value>()
        var result: [Value] = []
        for item in items where seen.insert(item).inserted { result.append(item) }
        return .list(result)
    }
}
