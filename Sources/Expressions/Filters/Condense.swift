import FlowModel

extension TemplateFilter {
    static let condense = TemplateFilter(
        "condense", "The text with every run of blanks and line ends as one blank.",
        examples: [Example("{{ \"a \n b\" | condense }}", "a b")]
    ) { input, _, _ throws(ExpressionError) in
        guard case .string(let text) = input else { throw .evaluation("condense can only be applied on strings") }
        return .string(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }
}
