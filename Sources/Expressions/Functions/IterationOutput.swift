import FlowModel

extension TemplateFunction {
    static let iterationOutput = TemplateFunction(
        "iterationOutput", "Inside a loop: the `value` output of another iteration.",
        [
            Parameter("taskId", "the task's id; the current task if left out"),
            Parameter("iteration", "the iteration, counted from 0; the one before if left out"),
        ],
        examples: [Example("{{ iterationOutput() }}")]
    ) { arguments, run throws(ExpressionError) in
        let variables = run.scope.variables
        let current = variables.variable("taskrun")?["iteration"]?.int
        let wanted = try arguments.integer(1).map(Int64.init) ?? (current ?? 0) - 1
        guard wanted >= 0 else {
            throw .evaluation("Cannot fetch iteration \(wanted): no previous iteration exists.")
        }
        let task = try arguments.text(0, run) ?? variables.variable("task")?["id"]?.string ?? ""
        guard var outputs = variables.variable("outputs")?[task] else { return .null }
        for value in try LoopContext.parentValues(run) {
            guard let next = outputs[value] else { break }
            outputs = next
        }
        guard case .map(let iterations) = outputs else { return .null }
        guard wanted < iterations.count else {
            throw .evaluation(
                "The provided index (\(wanted)) is out of range: there are \(iterations.count) iterations.")
        }
        return iterations.values[Int(wanted)]["value"] ?? .null
    }

    static let parentOutput = TemplateFunction(
        "parentOutput", "Inside nested tasks: the outputs of a parent task.",
        [Parameter("index", "which parent, 0 being the outermost; the nearest if left out")],
        examples: [Example("{{ parentOutput(0) }}")]
    ) { arguments, run throws(ExpressionError) in
        let parents = run.scope.variables.variable("parents")?.list ?? []
        let index = try arguments.integer(0) ?? parents.count - 1
        guard parents.indices.contains(index) else { throw .evaluation("Invalid index: \(index)") }
        let outer = Array(parents.reversed())
        let task = outer[index]["task"]?["id"]?.string ?? outer[index]["taskrun"]?["taskId"]?.string ?? ""
        var outputs = run.scope.variables.variable("outputs")?[task] ?? .null
        for parent in outer[...index] {
            guard let value = try LoopContext.text(parent["taskrun"]?["value"], run), let next = outputs[value] else {
                continue
            }
            outputs = next
        }
        return outputs
    }
}
