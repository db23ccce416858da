extension TemplateFilter {
    static let regexExtract = TemplateFilter(
        "regexExtract", "The first match of a regular expression, or one group of it; null without a match.",
        [
            Parameter("regex", "the regular expression", required: true),
            Parameter("group", "the group's number; 0 is the whole match", default: 0),
        ],
        examples: [Example("{{ 'order-12' | regexExtract('order-(\\d+)', 1) }}", "12")]
    ) { input, arguments, run throws(ExpressionError) in
        let pattern = try Pattern.cached(try arguments.requiredText(0, run))
        let group = try arguments.integer(1) ?? 0
        guard (0..<pattern.groupCount).contains(group) else {
            throw .evaluation("The regular expression '\(pattern.source)' has no group \(group).")
        }
        let match = try pattern.firstMatch(in: try run.plainText(of: input), run)
        return match?.groups[group].map { .string($0) } ?? .null
    }
}
