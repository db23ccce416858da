import FlowModel

extension TemplateFilter {
    static let format = TemplateFilter(
        "format", "The text with its places (`%s`, `%d`, `%.2f` …) filled by the arguments, one after the other.",
        isVariadic: true,
        examples: [
            Example("{{ 'Hello %s' | format('World') }}", "Hello World"),
            Example("{{ '%05d|%-5s|%.2f' | format(42, 'a', 2.345) }}", "00042|a    |2.35"),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        .string(
            try PrintfFormat(source: try run.plainText(of: input)).text(of: arguments.values.map { $0 ?? .null }, run))
    }
}
