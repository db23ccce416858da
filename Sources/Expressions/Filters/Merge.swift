import FlowModel

extension TemplateFilter {
    static let merge = TemplateFilter(
        "merge", "A map or list together with another one.",
        [Parameter("items", "the map or list to add", required: true)],
        examples: [
            Example("{{ [1] | merge([2]) }}", "[1,2]"),
            Example("{{ {'a': 1} | merge({'b': 2}) }}", #"{"a":1,"b":2}"#),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        switch (input, arguments[0] ?? .null) {
        case (.map(let one), .map(let other)): return .map(one.merging(other) { _, new in new })
        case (.map(let one), .list(let items)):
            var members = one
            for item in items { members[try run.plainText(of: item)] = item }
            return .map(members)
        case (.list(let one), .list(let other)):
            try Arithmetic.checkCount(one.count + other.count, run)
            return .list(one + other)
        case (.list(let one), .map(let members)):
            try Arithmetic.checkCount(one.count + 10 * members.count, run)
            return .list(one + members.map { .map([$0.key: $0.value]) })
        case (.map, _): throw .evaluation("Currently, only Maps and Lists can be merged with a Map.")
        case (.list, _): throw .evaluation("Currently, only Maps and Lists can be merged with a List.")
        default: throw .evaluation("The 'merge' filter expects a Map or a List as its input.")
        }
    }
}
