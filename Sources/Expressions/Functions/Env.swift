import FlowModel

extension TemplateFunction {
    static let env = TemplateFunction(
        "env", "An environment variable that the server passes on to flows.",
        [
            Parameter("name", "the variable's name", required: true),
            Parameter("default", "the text for one that is missing or empty"),
        ],
        examples: [Example("{{ env('REGION', 'eu') }}", "eu")]
    ) { arguments, run throws(ExpressionError) in
        guard let name = try arguments.text(0, run) else {
            throw .evaluation("The 'env' function expects an argument 'name'.")
        }
        switch run.scope.variables.variable("envs")?[name] {
        case nil, .null, .string(""): return arguments[1] ?? .null
        case .some(let value): return value
        }
    }
}
