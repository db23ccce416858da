import FlowModel

extension TemplateFilter {
    static let replace = TemplateFilter(
        "replace", "Replaces texts by others, one pair after the other; in lists and maps in every value.",
        [
            Parameter("replace_pairs", "a map of what is searched to what replaces it", required: true),
            Parameter("regexp", "whether the keys are regular expressions", default: false),
        ],
        examples: [
            Example("{{ 'Hi Bob' | replace({'Bob': 'Ann'}) }}", "Hi Ann"),
            Example("{{ 'a1b22' | replace({'[0-9]+': '#'}, regexp=true) }}", "a#b#"),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        guard case .map(let pairs) = arguments[0] else {
            throw .evaluation("The argument 'replace_pairs' is required.")
        }
        let isPattern = try arguments.flag(1) ?? false
        return try replaced(input, pairs, isPattern, depth: run.scope.limits.depth, run)
    }

    private static func replaced(
        _ value: Value, _ pairs: ValueMap, _ isPattern: Bool, depth: Int, _ run: Rendering
    ) throws(ExpressionError) -> Value {
        guard depth > 0 else { throw .evaluation("Lists and maps are nested too deeply.") }
        switch value {
        case .null: return .null
        case .list(let items):
            var result: [Value] = []
            for item in items { result.append(try replaced(item, pairs, isPattern, depth: depth - 1, run)) }
            return .list(result)
        case .map(let members):
            var result = ValueMap()
            for (key, item) in members { result[key] = try replaced(item, pairs, isPattern, depth: depth - 1, run) }
            return .map(result)
        default:
            var text = try run.plainText(of: value)
            for (search, replacement) in pairs {
                let new = replacement == .null ? "" : try run.plainText(of: replacement)
                if isPattern {
                    text = try Pattern.cached(search).replacing(in: text, with: new, run)
                } else {
                    text = try TextSearch.replacing(search, with: new, in: text, limit: run.scope.limits.outputBytes)
                }
                try run.allocate(for: .string(text))
                try run.step(weight: 1 + text.utf8.count >> 10)
            }
            return .string(text)
        }
    }
}
