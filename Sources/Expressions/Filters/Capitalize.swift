extension TemplateFilter {
    static let capitalize = TemplateFilter(
        "capitalize", "Makes the first letter upper case.",
        examples: [Example("{{ 'hello World' | capitalize }}", "Hello World")]
    ) { input, _, run throws(ExpressionError) in
        let text = try run.plainText(of: input)
        guard let first = text.unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }) else {
            return .string(text)
        }
        let after = text.unicodeScalars.index(after: first)
        let letter = text.unicodeScalars[first].properties.uppercaseMapping
        return .string(String(text.unicodeScalars[..<first]) + letter + String(text.unicodeScalars[after...]))
    }
}
