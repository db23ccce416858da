import FlowModel

extension TemplateFunction {
    static let fromJson = TemplateFunction(
        "fromJson", "The value that a JSON text stands for.", [Parameter("json", "the JSON text", required: true)],
        examples: [Example(#"{{ fromJson('{"a": [1, 2]}').a[1] }}"#, "2")]
    ) { arguments, run throws(ExpressionError) in
        switch arguments[0] {
        case .null: return .null
        case .string(let text):
            try run.allocate(ReadingWeight.of(text.utf8, count: text.utf8.count))
            do throws(Problem) {
                return try JSON.parse(text, ignoringRest: true)
            } catch {
                throw .evaluation("Invalid json: \(error.what)" + (error.place.map { " at \($0)" } ?? ""))
            }
        default:
            throw .evaluation(
                "The '\(arguments.signature.name)' function expects an argument 'json' with type string.")
        }
    }

    static let json = fromJson.named("json")
}
