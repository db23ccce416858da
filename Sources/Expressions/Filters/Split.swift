extension TemplateFilter {
    static let split = TemplateFilter(
        "split", "The pieces of a text between the matches of a regular expression.",
        [
            Parameter("delimiter", "a regular expression, so that a full stop is written '\\.'", required: true),
            Parameter("limit", "the most pieces; 0: all but empty ones at the end; -1: all", default: 0),
        ],
        examples: [
            Example("{{ 'a,b,,' | split(',') }}", #"["a","b"]"#), Example("{{ 'a.b' | split('\\.') }}", #"["a","b"]"#),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        guard let delimiter = try arguments.text(0, run) else {
            throw .evaluation("missing delimiter parameter in split filter")
        }
        let limit = try arguments.integer(1) ?? 0
        let pieces = try Pattern.cached(delimiter).split(try run.plainText(of: input), limit: limit, run)
        return .list(pieces.map { .string($0) })
    }
}
