import FlowModel

extension TemplateFunction {
    static let tasksWithState = TemplateFunction(
        "tasksWithState",
        "The task runs of this execution that are in a state: `taskId`, `state` and, in loops, `value`.",
        [Parameter("state", "the state's name, in any case", required: true)],
        examples: [Example("{{ tasksWithState('FAILED') }}", "[]")]
    ) { arguments, run throws(ExpressionError) in
        let wanted = try arguments.requiredText(0, run).uppercased()
        guard case .map(let tasks)? = run.scope.variables.variable("tasks") else { return [] }
        var found: [Value] = []
        for (id, task) in tasks { collect(id, nil, task, wanted, depth: 10, &found) }
        return .list(found)
    }

    /// A task has its state itself, or for each value of its loops, which may lie in each other.
    private static func collect(
        _ id: String, _ value: String?, _ task: Value, _ wanted: String, depth: Int, _ found: inout [Value]
    ) {
        guard depth > 0, case .map(let members) = task else { return }
        if case .string(let state)? = members["state"] {
            guard state.uppercased() == wanted else { return }
            var run: ValueMap = ["taskId": .string(id), "state": .string(state)]
            if let value { run["value"] = .string(value) }
            found.append(.map(run))
            return
        }
        for (value, inner) in members { collect(id, value, inner, wanted, depth: depth - 1, &found) }
    }
}
