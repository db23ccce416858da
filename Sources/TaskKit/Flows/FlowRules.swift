import FlowModel

/// The rules that concern a flow as a whole. Source: engine spec §1.5.
///
/// Their problems have codes `flow.rule.…`; clients of old get them as one violation that begins with `Invalid Flow: `.
struct FlowRules {
    let flow: Flow
    let file: String?

    func problems() -> [Problem] {
        let all = allTasks
        return duplicates(all.map { ($0.id, $0.mark) }, "task id")
            + duplicates(flow.triggers.map { ($0.id, $0.mark) }, "trigger id")
            + duplicates(flow.inputs.map { ($0.id, $0.mark) }, "input")
            + duplicates(flow.outputs.map { ($0.id, flow.tasks.first?.mark ?? Mark(line: 1, column: 1)) }, "output")
            + recursion(all) + systemLabels()
    }

    /// Every task of the flow, parents before children, in document order.
    private var allTasks: [FlowTask] {
        var found: [FlowTask] = []
        func walk(_ tasks: [FlowTask]) {
            for task in tasks {
                found.append(task)
                for list in task.lists { walk(list.tasks) }
            }
        }
        walk(flow.tasks)
        walk(flow.errors)
        for listener in flow.listeners { walk(listener.tasks) }
        walk(flow.finally)
        walk(flow.afterExecution)
        return found
    }

    private func duplicates(_ ids: [(id: String, mark: Mark)], _ what: String) -> [Problem] {
        var seen: Set<String> = []
        var twice: [(id: String, mark: Mark)] = []
        for item in ids
        where !item.id.isEmpty && !seen.insert(item.id).inserted && !twice.contains(where: { $0.id == item.id }) {
            twice.append(item)
        }
        guard let first = twice.first else { return [] }
        let order = ids.map(\.id)
        let names = twice.map(\.id).sorted { order.firstIndex(of: $0)! < order.firstIndex(of: $1)! }
        return [
            Problem(
                "flow.rule.duplicate", at: first.mark.place(in: file),
                what: "Duplicate \(what) with name [\(names.joined(separator: ", "))]",
                fix: "give each a name of its own")
        ]
    }

    private func recursion(_ tasks: [FlowTask]) -> [Problem] {
        tasks.filter { task in
            task.properties["namespace"] == .string(flow.namespace) && task.properties["flowId"] == .string(flow.id)
                && task.type.hasPrefix("io.kestra.plugin.core.flow.")
        }.prefix(1).map { task in
            Problem(
                "flow.rule.recursion", at: (task.propertyMarks["flowId"] ?? task.mark).place(in: file),
                what: "Recursive call to flow [\(flow.namespace).\(flow.id)]",
                fix: "call another flow than this one; io.kestra.plugin.core.flow.ForEach repeats tasks")
        }
    }

    private func systemLabels() -> [Problem] {
        flow.labels.filter { $0.key.hasPrefix("system.") && $0.key != "system.readOnly" }.map { label in
            Problem(
                "flow.rule.system-label", at: Place(file: file, line: 1, column: 1),
                what: "System labels can only be set by Kestra itself, offending label: \(label.key)=\(label.value)",
                fix: "rename the label")
        }
    }
}
