extension TemplateFilter {
    static let abbreviate = TemplateFilter(
        "abbreviate", "Cuts a text to a length, the last three characters then being dots.",
        [Parameter("length", "the most characters that the result may have", required: true)],
        examples: [Example("{{ 'abcdef' | abbreviate(5) }}", "ab..."), Example("{{ 'abcdef' | abbreviate(2) }}", "ab")]
    ) { input, arguments, run throws(ExpressionError) in
        let text = try run.plainText(of: input)
        guard let length = try arguments.integer(0) else { return .string(text) }
        guard length >= 0 else { throw .evaluation("The length of the 'abbreviate' filter must not be negative.") }
        let units = Array(text.utf16)
        guard units.count > length else { return .string(text) }
        if length <= 3 { return .string(String(decoding: units[..<length], as: UTF16.self)) }
        return .string(String(decoding: units[..<(length - 3)], as: UTF16.self) + "...")
    }
}
