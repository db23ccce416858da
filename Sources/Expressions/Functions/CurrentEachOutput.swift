import FlowModel

extension TemplateFunction {
    static let currentEachOutput = TemplateFunction(
        "currentEachOutput", "Inside loops: the outputs of a sibling task for the current values of all loops.",
        [Parameter("outputs", "the outputs of the task, `outputs.taskId`", required: true)],
        examples: [Example("{{ currentEachOutput(outputs.sibling).value }}")]
    ) { arguments, run throws(ExpressionError) in
        guard case .map(let outputs) = try arguments.required(0) else {
            throw .evaluation("The 'currentEachOutput' function expects an argument 'outputs' of type Map.")
        }
        var current = Value.map(outputs)
        for value in try LoopContext.values(run) {
            guard let next = current[value] else {
                throw .evaluation("The 'currentEachOutput' function found no outputs for the value '\(value)'.")
            }
            current = next
        }
        return current
    }
}

/// What the variables say about the loops around a task.
enum LoopContext {
    /// The values of the parents, the outermost first.
    static func parentValues(_ run: Rendering) throws(ExpressionError) -> [String] {
        var values: [String] = []
        for parent in (run.scope.variables.variable("parents")?.list ?? []).reversed() {
            if let value = try text(parent["taskrun"]?["value"], run) { values.append(value) }
        }
        return values
    }

    /// The values of the parents and of the current task run, the outermost first.
    static func values(_ run: Rendering) throws(ExpressionError) -> [String] {
        let own = try text(run.scope.variables.variable("taskrun")?["value"], run)
        return try parentValues(run) + [own].compactMap { $0 }
    }

    static func text(_ value: Value?, _ run: Rendering) throws(ExpressionError) -> String? {
        switch value {
        case nil, .null: nil
        case .some(let value): try run.plainText(of: value)
        }
    }
}
