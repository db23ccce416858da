extension TemplateFilter {
    static let toIon = TemplateFilter(
        "toIon", "The Amazon Ion text of a value.", acceptsNull: true,
        examples: [Example("{{ {'a': [1, 'b']} | toIon }}", #"{a:[1,"b"]}"#)]
    ) { input, _, run throws(ExpressionError) in
        try run.weigh(input)
        return .string(IonWriter.text(of: input, in: run.world.timeZone))
    }
}
