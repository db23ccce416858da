import FlowModel

extension TemplateFilter {
    static let regexMatch = TemplateFilter(
        "regexMatch", "Whether a regular expression matches somewhere in the text.",
        [Parameter("regex", "the regular expression", required: true)], acceptsNull: true,
        examples: [Example("{{ 'order-12' | regexMatch('[0-9]+') }}", "true")]
    ) { input, arguments, run throws(ExpressionError) in
        let pattern = try arguments.requiredText(0, run)
        if case .null = input { return false }
        return .bool(try Pattern.cached(pattern).firstMatch(in: try run.plainText(of: input), run) != nil)
    }
}
