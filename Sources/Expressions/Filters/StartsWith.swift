import FlowModel

extension TemplateFilter {
    static let startsWith = TemplateFilter(
        "startsWith", "Whether a text begins with another.", [Parameter("value", "the beginning", required: true)],
        acceptsNull: true, examples: [Example("{{ 'Hello' | startsWith('He') }}", "true")]
    ) { input, arguments, run throws(ExpressionError) in
        let (text, part) = try Affixes.texts(input, arguments, run)
        return .bool(text.utf8.starts(with: part.utf8))
    }
}

enum Affixes {
    static func texts(
        _ input: Value, _ arguments: Arguments, _ run: Rendering
    ) throws(ExpressionError) -> (String, String) {
        if case .null = input {
            throw .evaluation("The '\(arguments.signature.name)' filter cannot be applied to null.")
        }
        return (try run.plainText(of: input), try arguments.requiredText(0, run))
    }
}
