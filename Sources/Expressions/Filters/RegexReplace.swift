extension TemplateFilter {
    static let regexReplace = TemplateFilter(
        "regexReplace", "Replaces every match of a regular expression.",
        [
            Parameter("regex", "the regular expression", required: true),
            Parameter("replacement", "what replaces it; $1 is the first group", required: true),
        ],
        examples: [Example("{{ 'a-b' | regexReplace('(\\w)-(\\w)', '$2-$1') }}", "b-a")]
    ) { input, arguments, run throws(ExpressionError) in
        let pattern = try arguments.requiredText(0, run)
        let replacement = try arguments.requiredText(1, run)
        return .string(try Pattern.cached(pattern).replacing(in: try run.plainText(of: input), with: replacement, run))
    }
}
