import Expressions
import FlowModel
import OrderedCollections

/// What the expressions of one task run see; each variable is made when it is asked for. Source: engine spec §10.
struct RunVariables: Variables {
    /// The task run that renders; nil for the execution itself.
    struct Run: Sendable {
        var task: CompiledTask
        var run: TaskRun
        var ancestors: Ancestors
    }

    /// The task runs around one, nearest first.
    enum Ancestors: Sendable {
        /// Looked up when asked for.
        case table(RunTable)
        /// The `parents` variable, made before.
        case made([Value])
    }

    let flow: CompiledFlow
    let execution: Execution
    let outputs: Value
    let states: Value
    let run: Run?
    let server: ServerVariables
    let cipher: (any SecretCipher)?

    func variable(_ name: String) -> Value? {
        switch name {
        case "outputs": outputs
        case "inputs": inputs
        case "vars": vars
        case "flow": flowVariable
        case "execution": executionVariable
        case "labels": .map(Self.nested(execution.labels))
        case "trigger": execution.trigger.map { .map($0.variables) }
        case "task": run?.task.variable
        case "taskrun": run.map { taskRunVariable($0.run, execution.id) }
        case "parent": parents?.first
        case "parents": parents.map { .list($0) }
        case "tasks": states
        case "envs": .map(server.envs)
        case "globals": .map(server.globals)
        case "kestra": server.kestra.isEmpty ? nil : .map(server.kestra)
        default: execution.variables[name]
        }
    }

    var variableNames: [String] {
        let own = [
            "flow", "execution", "inputs", "vars", "labels", "outputs", "tasks", "task", "taskrun", "parent", "parents",
            "trigger", "envs", "globals", "kestra",
        ]
        return (own + execution.variables.keys.filter { !own.contains($0) }).filter { variable($0) != nil }
    }

    // MARK: -

    private var flowVariable: Value {
        [
            "id": .string(flow.flow.id), "namespace": .string(flow.flow.namespace),
            "revision": .int(Int64(flow.flow.revision)),
        ]
    }

    private var executionVariable: Value {
        var members: ValueMap = [
            "id": .string(execution.id.description), "startDate": .string(execution.state.startDate.iso),
            "originalId": .string(execution.originalID.description), "state": .string(execution.state.current.rawValue),
        ]
        if let outputs = execution.outputs { members["outputs"] = .map(outputs) }
        return .map(members)
    }

    /// The flow's variables, or what tasks have made of them.
    private var vars: Value { execution.variables["vars"] ?? .map(flow.flow.variables) }

    private var inputs: Value? {
        var inputs = execution.inputs ?? flow.inputDefaults
        if execution.inputs != nil {
            for (key, value) in flow.inputDefaults where inputs[key] == nil { inputs[key] = value }
        }
        for id in flow.secretInputs {
            inputs.open(id.split(separator: ".").map(String.init)[...], with: cipher)
        }
        return inputs.isEmpty ? nil : .map(inputs)
    }

    /// Labels by key, the first of equal ones; `system.x` below `system`.
    static func nested(_ labels: [Label]) -> ValueMap {
        var members: ValueMap = [:]
        var system: ValueMap = [:]
        for label in labels {
            if label.key.hasPrefix("system.") {
                let key = String(label.key.dropFirst("system.".count))
                if system[key] == nil { system[key] = .string(label.value) }
            } else if members[label.key] == nil {
                members[label.key] = .string(label.value)
            }
        }
        if !system.isEmpty { members["system"] = .map(system) }
        return members
    }

    private func taskRunVariable(_ run: TaskRun, _ id: ExecutionID) -> Value {
        var members: ValueMap = [
            "id": .string(id.taskRunID(run.number)), "startDate": .string(run.state.startDate.iso),
            "attemptsCount": .int(Int64(run.attempts.count { $0.state.current.isTerminated })),
        ]
        if let parent = run.parent { members["parentId"] = .string(id.taskRunID(parent)) }
        if let value = run.value { members["value"] = .string(value) }
        if let iteration = run.iteration { members["iteration"] = .int(Int64(iteration)) }
        return .map(members)
    }

    private var parents: [Value]? {
        guard let run else { return nil }
        let all =
            switch run.ancestors {
            case .table(let runs): runs.parents(of: run.run, cipher)
            case .made(let values): values
            }
        return all.isEmpty ? nil : all
    }
}

extension RunTable {
    /// The `parents` variable: the task runs around one that have a value or outputs, nearest first.
    func parents(of run: TaskRun, _ cipher: (any SecretCipher)?) -> [Value] {
        var parents: [Value] = []
        var number = run.parent
        while let current = number, contains(current) {
            let ancestor = self[current].run
            var members: ValueMap = [:]
            if let value = ancestor.value { members["taskrun"] = ["value": .string(value)] }
            if let outputs = ancestor.outputs, !outputs.isEmpty {
                members["outputs"] = .map(outputs.opened(with: cipher))
            }
            if !members.isEmpty { parents.append(.map(members)) }
            number = ancestor.parent
        }
        return parents
    }
}

extension ValueMap {
    /// Puts the encrypted text at the end of a path in clear.
    mutating func open(_ path: ArraySlice<String>, with cipher: (any SecretCipher)?) {
        guard let key = path.first, let member = self[key] else { return }
        if path.count > 1, var inner = member.map {
            inner.open(path.dropFirst(), with: cipher)
            self[key] = .map(inner)
        } else if let text = member.string, let clear = try? cipher?.decrypt(text) {
            self[key] = .string(clear)
        }
    }

    /// This map with another's members over its own; maps are merged member by member.
    func merged(with upper: ValueMap) -> ValueMap {
        var merged = self
        for (key, value) in upper {
            if case .map(let above) = value, case .map(let below)? = merged[key] {
                merged[key] = .map(below.merged(with: above))
            } else {
                merged[key] = value
            }
        }
        return merged
    }
}
