import FlowModel

extension TemplateFilter {
    static let distinct = TemplateFilter(
        "distinct", "The items of a list without those that occurred before.", acceptsNull: true,
        examples: [Example("{{ [1, 2, 1] | distinct }}", "[1,2]")]
    ) { input, _, run throws(ExpressionError) in
        if case .null = input { return "null" }
        guard case .list(let items) = input else {
            throw .evaluation(
                "'distinct' filter can only be applied to List. Actual type was: \(ClassNames.name(of: input))")
        }
        var seen = Set<Value>()
        var result: [Value] = []
        for item in items where seen.insert(item).inserted { result.append(item) }
        try run.step(at: 0, weight: items.count >> 4)
        return .list(result)
    }
}
