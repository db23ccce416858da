import FlowModel

extension TemplateFunction {
    static let loopOutputs = TemplateFunction(
        "loopOutputs", "One output of every iteration of a Loop task.",
        [
            Parameter("outputs", "the list `outputs.loopId.outputs`", required: true),
            Parameter("name", "the output's name", required: true),
        ],
        examples: [Example("{{ loopOutputs([{'outputs': {'a': 1}}], 'a') }}", "[1]")]
    ) { arguments, run throws(ExpressionError) in
        guard case .list(let items) = try arguments.required(0) else {
            throw .evaluation("The 'loopOutputs' function expects an argument 'outputs' of type List.")
        }
        guard case .string(let name) = try arguments.required(1) else {
            throw .evaluation("The 'loopOutputs' function expects an argument 'name'.")
        }
        try run.allocate(Weights.list(items.count))
        return .list(items.map { $0["outputs"]?[name] ?? .null })
    }
}
