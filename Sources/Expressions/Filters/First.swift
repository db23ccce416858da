import FlowModel

extension TemplateFilter {
    static let first = TemplateFilter(
        "first", "The first item of a list, or the first character of a text; null for an empty list.",
        makes: .nothing, examples: [Example("{{ [1, 2] | first }}", "1"), Example("{{ 'abc' | first }}", "a")]
    ) { input, _, _ throws(ExpressionError) in try Ends.end(of: input, last: false, "first") }
}

enum Ends {
    static func end(of input: Value, last: Bool, _ name: String) throws(ExpressionError) -> Value {
        switch input {
        case .list(let items): return (last ? items.last : items.first) ?? .null
        case .string(let text):
            guard let scalar = last ? text.unicodeScalars.last : text.unicodeScalars.first else {
                throw .evaluation("The '\(name)' filter cannot be applied to an empty text.")
            }
            return .string(String(scalar))
        default:
            throw .evaluation(
                "The '\(name)' filter expects that the input is either a collection, an array or a String.")
        }
    }
}
