extension TemplateFilter {
    static let toJson = TemplateFilter(
        "toJson", "The JSON text of a value; entries of maps that are null are left out.", acceptsNull: true,
        examples: [
            Example("{{ {'a': [1, 'b']} | toJson }}", #"{"a":[1,"b"]}"#), Example("{{ 'a' | toJson }}", "\"a\""),
        ]
    ) { input, _, run throws(ExpressionError) in .string(try run.jsonText(of: input)) }

    static let json = toJson.named("json")
}
