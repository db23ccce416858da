import FlowModel

extension TemplateFilter {
    static let keys = TemplateFilter(
        "keys", "The keys of a map, or the places of a list.",
        makes: .items,
        examples: [Example("{{ {'a': 1} | keys }}", #"["a"]"#), Example("{{ ['x', 'y'] | keys }}", "[0,1]")]
    ) { input, _, _ throws(ExpressionError) in
        switch input {
        case .map(let members): return .list(members.keys.map { .string($0) })
        case .list(let items): return .list(items.indices.map { .int(Int64($0)) })
        default:
            throw .evaluation(
                "'keys' filter can only be applied to List, Map, Array. Actual type was: \(ClassNames.name(of: input))")
        }
    }
}
