import FlowModel

extension TemplateFilter {
    static let string = TemplateFilter(
        "string", "The text of a value, that of lists and maps being JSON.",
        examples: [
            Example("{{ {'a': 1} | string }}", #"{"a":1}"#),
            Example("{{ 12.3 | string | className }}", "java.lang.String"),
        ]
    ) { input, _, run throws(ExpressionError) in .string(try run.printedText(of: input)) }
}
