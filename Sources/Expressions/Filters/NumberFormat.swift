extension TemplateFilter {
    static let numberFormat = TemplateFilter(
        "numberFormat", "A number written by a decimal pattern.",
        [Parameter("format", "a pattern such as #,##0.00 or 0%", default: "#,##0.###")],
        examples: [
            Example("{{ 1234.5 | numberFormat('#,##0.00') }}", "1,234.50"),
            Example("{{ 0.256 | numberFormat('0%') }}", "26%"),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        guard input.isNumber else { throw .evaluation("The 'numberFormat' filter can only be applied to numbers.") }
        try run.step(weight: 4)
        return .string(try NumberPattern(try arguments.text(0, run) ?? "#,##0.###").text(of: input))
    }
}
