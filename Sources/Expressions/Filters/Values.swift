extension TemplateFilter {
    static let values = TemplateFilter(
        "values", "The values of a map.", makes: .items, examples: [Example("{{ {'a': 1, 'b': 2} | values }}", "[1,2]")]
    ) { input, _, _ throws(ExpressionError) in
        guard case .map(let members) = input else {
            throw .evaluation(
                "'values' filter can only be applied to Map. Actual type was: \(ClassNames.name(of: input))")
        }
        return .list(Array(members.values))
    }
}
