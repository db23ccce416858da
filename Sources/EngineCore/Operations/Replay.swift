import FlowModel

extension ExecutionRows {
    /// A new execution that does it all again, or from one task run on. Source: engine spec §8.3.
    /// - Parameters:
    ///   - number: the task run to begin with; nil for the beginning.
    ///   - flow: the revision to run.
    public func replayed(
        from number: Int?, with flow: CompiledFlow, as id: ExecutionID, at now: Timestamp
    ) throws(OperationRefusal) -> ExecutionRows {
        var rows = self
        rows.execution.attemptNumber += 1
        rows.execution.outputs = nil
        rows.renew(as: id, revision: flow.flow.revision)
        guard let number else {
            rows.execution.state = StateHistory(.created, at: now)
            rows.taskRuns = []
            rows.nextNumber = 0
            return rows
        }
        guard let target = run(number) else { throw .unprocessable("No task found to replay execution from!") }
        let path = withAncestors([number])
        rows.removeHandlers(of: flow, reopened: path)
        rows.remove { $0.parent == number }
        var current: TaskRun? = target
        while let run = current {
            rows.removeSuccessors(of: run, with: flow)
            current = run.parent.flatMap { self.run($0) }
        }
        rows.reopen(path, of: flow, at: now)
        rows.restart(at: now)
        rows.removed = []
        return rows
    }

    /// Removes what comes after a run among those of its owner.
    private mutating func removeSuccessors(of run: TaskRun, with flow: CompiledFlow) {
        guard let task = flow.task(run.taskID) else { return }
        let parent = task.parent.map { flow.tasks[$0] }
        let list = parent.map { $0.lists.first { $0.tasks.contains(task.index) }?.tasks ?? [] } ?? flow.topTasks
        guard let position = list.firstIndex(of: task.index) else { return }
        let order = parent.map(Order.init) ?? .sequence
        remove { other in
            guard other.parent == run.parent, other.number != run.number, let place = flow.place(of: other.taskID),
                let otherPosition = list.firstIndex(of: place)
            else { return false }
            switch order {
            case .beside: return false
            case .graph(let dependencies): return dependencies.reach(flow.tasks[place].task.id, from: run.taskID)
            case .sequence where other.value == run.value: return otherPosition > position
            // What a later value has done before it came to this task is kept.
            case .sequence: return other.number > run.number && otherPosition >= position
            case .groups: return other.value == run.value && otherPosition > position
            }
        }
    }
}

/// How the children of a task follow each other.
private enum Order {
    case sequence
    /// One after the other for each value, the values beside each other.
    case groups
    case beside
    case graph(Dependencies)

    init(_ task: CompiledTask) {
        self =
            switch task.flowable {
            case is Parallel.Type, is EachParallel.Type: .beside
            case is Dag.Type: .graph(Dependencies(task))
            case is ForEach.Type:
                task.task.properties["concurrencyLimit"].map { $0 == 1 } ?? true ? .sequence : .groups
            default: .sequence
            }
    }
}

private struct Dependencies {
    private var names: [String: [String]] = [:]

    init(_ task: CompiledTask) {
        for (id, names) in task.task.properties["dependsOn"]?.map ?? [:] {
            self.names[id] = names.list?.compactMap(\.string) ?? names.string.map { [$0] } ?? []
        }
    }

    /// Whether a task depends on another one, directly or through others.
    func reach(_ id: String, from first: String) -> Bool {
        var seen: Set<String> = []
        var open = names[id] ?? []
        while let next = open.popLast() {
            if next == first { return true }
            if seen.insert(next).inserted { open += names[next] ?? [] }
        }
        return false
    }
}
