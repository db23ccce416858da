import FlowModel

extension TemplateFilter {
    static let length = TemplateFilter(
        "length", "The number of characters of a text, items of a list or entries of a map; 0 for anything else.",
        acceptsNull: true, makes: .nothing,
        examples: [Example("{{ [1, 2] | length }}", "2"), Example("{{ null | length }}", "0")]
    ) { input, _, _ in
        switch input {
        case .string(let text): .int(Int64(text.utf16.count))
        case .list(let items): .int(Int64(items.count))
        case .map(let members): .int(Int64(members.count))
        default: 0
        }
    }
}
