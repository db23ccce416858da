import FlowModel

extension TemplateFilter {
    static let escapeChar = TemplateFilter(
        "escapeChar", "Escapes quotes, so that the text can stand between them.",
        [Parameter("type", "'single', 'double' or 'shell' (single quotes of a shell)", required: true)],
        examples: [
            Example("{{ \"L'eau\" | escapeChar('single') }}", "L\\'eau"),
            Example("{{ \"L'eau\" | escapeChar('shell') }}", "L'\\''eau"),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        let type = try arguments.requiredText(0, run)
        let (search, replacement): (String, String)
        switch type.lowercased() {
        case "single": (search, replacement) = ("'", "\\'")
        case "double": (search, replacement) = ("\"", "\\\"")
        case "shell": (search, replacement) = ("'", "'\\''")
        default:
            throw .evaluation("The 'escapeChar' filter expects a type of 'single', 'double' or 'shell', not '\(type)'.")
        }
        return try escaped(input, search, replacement, run)
    }

    private static func escaped(
        _ value: Value, _ search: String, _ replacement: String, _ run: Rendering
    ) throws(ExpressionError) -> Value {
        switch value {
        case .null: return .null
        case .list(let items):
            var result: [Value] = []
            for item in items { result.append(try escaped(item, search, replacement, run)) }
            return .list(result)
        case .map(let members):
            var result = ValueMap()
            for (key, item) in members { result[key] = try escaped(item, search, replacement, run) }
            return .map(result)
        default:
            let limit = run.scope.limits.outputBytes
            return .string(
                try TextSearch.replacing(search, with: replacement, in: try run.plainText(of: value), limit: limit))
        }
    }
}
