extension TemplateFilter {
    static let base64decode = TemplateFilter(
        "base64decode", "The text whose UTF-8 bytes a Base64 text stands for.",
        examples: [Example("{{ 'dGVzdA==' | base64decode }}", "test")]
    ) { input, _, _ throws(ExpressionError) in
        guard case .string(let text) = input else {
            throw .evaluation("This filter applies to String, but it got \(ClassNames.name(of: input)).")
        }
        guard let bytes = Base64.decoded(text) else {
            throw .evaluation("Please provide a correctly Base64 encoded string containing UTF-8 text.")
        }
        return .string(String(decoding: bytes, as: UTF8.self))
    }
}
