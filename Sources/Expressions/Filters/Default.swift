import FlowModel

extension TemplateFilter {
    static let `default` = TemplateFilter(
        "default", "Gives another value in place of one that is missing, null, blank or empty.",
        [Parameter("default", "what to give instead")], acceptsNull: true, acceptsUndefined: true,
        makes: .nothing,
        examples: [Example("{{ missing | default('none') }}", "none"), Example("{{ 0 | default(5) }}", "0")]
    ) { input, arguments, _ in Emptiness.isEmpty(input) ? arguments[0] ?? .null : input }
}

/// What counts as empty for `default` and `is empty`.
enum Emptiness {
    static func isEmpty(_ value: Value) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isBlank
        case .list(let items): items.isEmpty
        case .map(let members): members.isEmpty
        default: false
        }
    }
}
