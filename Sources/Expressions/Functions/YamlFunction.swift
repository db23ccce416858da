import FlowModel

extension TemplateFunction {
    static let yaml = TemplateFunction(
        "yaml", "The value that a YAML text stands for.", [Parameter("yaml", "the YAML text", required: true)],
        examples: [Example("{{ yaml('a: [1, yes]') }}", #"{"a":[1,true]}"#)]
    ) { arguments, run throws(ExpressionError) in
        guard case .string(let text) = arguments[0] else {
            throw .evaluation("The 'yaml' function expects an argument 'yaml' with type string.")
        }
        try run.allocate(ReadingWeight.of(text.utf8, count: text.utf8.count, factor: 6))
        do throws(Problem) {
            return try YAMLValues.value(of: text)
        } catch {
            throw .evaluation("Invalid yaml: \(error.what)" + (error.place.map { " at \($0)" } ?? ""))
        }
    }
}
