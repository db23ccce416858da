import FlowModel

extension TemplateFilter {
    static let flatten = TemplateFilter(
        "flatten", "The items of the lists in a list, one level deep.",
        examples: [Example("{{ [1, [2, [3]]] | flatten }}", "[1,2,[3]]")]
    ) { input, _, run throws(ExpressionError) in
        guard case .list(let items) = input else {
            throw .evaluation("The 'flatten' filter can only be applied to lists.")
        }
        var result: [Value] = []
        let count = items.reduce(0) { $0 + ($1.list?.count ?? 1) }
        try Arithmetic.checkCount(count, run)
        result.reserveCapacity(count)
        for item in items {
            if case .list(let inner) = item { result += inner } else { result.append(item) }
        }
        return .list(result)
    }
}
