import FlowModel

extension TemplateTest {
    static let json = TemplateTest(
        "json", "Whether a text is JSON.", examples: [Example("{{ '[1]' is json }}", "true")]
    ) { value, _, run throws(ExpressionError) in
        guard case .string(let text) = value else { throw .evaluation("The \"json\" test needs a text.") }
        try run.allocate(ReadingWeight.of(text.utf8, count: text.utf8.count))
        return (try? JSON.parse(text)) != nil
    }
}
