import FlowModel

@testable import EngineCore

/// The rules of engine spec §3.4–3.6 and Appendix A, written down plainly over all rows: slow, and independent of how the
/// engine keeps count. Only for the flows of ``RandomFlow``.
struct Oracle {
    let flow: CompiledFlow
    let execution: Execution
    let runs: [TaskRun]

    init(_ flow: CompiledFlow, _ execution: Execution, _ runs: [TaskRun]) {
        self.flow = flow
        self.execution = execution
        self.runs = runs.sorted { $0.number < $1.number }
    }

    /// What an engine that has nothing left to do should have done, and what it should not have done.
    var complaints: [String] {
        var complaints: [String] = []
        let state = execution.state.current
        if state == .running || state == .retrying || state == .paused {
            let tasks = flow.topTasks.map { Element(task: $0, value: nil) }
            complaints += look(
                "the execution", tasks, shape: .sequence, errors: flow.topErrors, finally: flow.topFinally, parent: nil,
                mayEnd: state == .running)
        }
        for run in runs {
            guard let task = flow.task(run.taskID), task.flowable != nil else { continue }
            if run.state.current == .running, !state.isTerminated {
                let (elements, shape) = plan(task, run)
                complaints += look(
                    "\(run.taskID) #\(run.number)", elements, shape: shape, errors: task.errors, finally: task.finally,
                    parent: run.number, mayEnd: true)
            }
        }
        return complaints
    }

    // MARK: -

    private struct Element: Hashable {
        var task: Int
        var value: String?
    }

    private enum Shape {
        case sequence
        case groups(limit: Int)
        case beside(limit: Int)
        case graph(limit: Int, needs: [Int: [Int]])
    }

    private func plan(_ task: CompiledTask, _ run: TaskRun) -> ([Element], Shape) {
        func list(_ name: String) -> [Element] { (task.list(name)?.tasks ?? []).map { Element(task: $0, value: nil) } }
        func number(_ name: String, _ fallback: Int) -> Int {
            task.task.properties[name]?.int.map { Int($0) } ?? fallback
        }
        let values = (task.task.properties["values"] ?? task.task.properties["value"])?.list?.compactMap(\.string) ?? []
        let each = values.flatMap { value in list("tasks").map { Element(task: $0.task, value: value) } }
        switch task.flowable {
        case is Parallel.Type: return (list("tasks"), .beside(limit: number("concurrent", 0)))
        case is If.Type: return (list(run.outputs?["evaluationResult"] == true ? "then" : "else"), .sequence)
        case is Switch.Type:
            let name = "cases.\(run.outputs?["value"]?.string ?? "")"
            return (list(task.list(name) == nil ? "defaults" : name), .sequence)
        case is ForEach.Type:
            let limit = number("concurrencyLimit", 1)
            return (each, limit == 1 ? .sequence : .groups(limit: limit))
        case is EachSequential.Type: return (each, .sequence)
        case is EachParallel.Type: return (each, .beside(limit: number("concurrent", 0)))
        case is Dag.Type:
            var needs: [Int: [Int]] = [:]
            for element in list("tasks") {
                let names = task.task.properties["dependsOn"]?[flow.tasks[element.task].task.id]?.list?.compactMap(
                    \.string)
                needs[element.task] = (names ?? []).compactMap { flow.place(of: $0) }
            }
            return (list("tasks"), .graph(limit: number("concurrent", 0), needs: needs))
        default: return (list("tasks"), .sequence)
        }
    }

    private func look(
        _ owner: String, _ tasks: [Element], shape: Shape, errors: [Int], finally: [Int], parent: Int?, mayEnd: Bool
    ) -> [String] {
        let own = runs.filter { $0.parent == parent }
        func found(_ element: Element) -> TaskRun? {
            own.first {
                $0.taskID == flow.tasks[element.task].task.id && (element.value == nil || $0.value == element.value)
            }
        }
        func through(_ list: [Int]) -> Bool {
            list.allSatisfy { found(Element(task: $0, value: nil))?.state.current.isTerminated == true }
        }
        /// Whether the next of a list that is gone through one by one is missing.
        func waits(_ list: [Int]) -> Bool {
            let started = list.prefix { found(Element(task: $0, value: nil)) != nil }
            return started.count < list.count && through(Array(started))
        }
        let started = tasks.compactMap(found)
        let hasFailed = started.contains { $0.state.current == .failed }
        let tasksEnded = tasks.allSatisfy { found($0)?.state.current.isTerminated == true }
        var complaints = limits(owner, tasks, shape: shape, found)
        if hasFailed {
            if waits(errors) { complaints.append("\(owner): the next of errors should run") }
            if through(errors), waits(finally) {
                complaints.append("\(owner): the next of finally should run after errors")
            }
            if through(errors), through(finally), mayEnd { complaints.append("\(owner) should have failed") }
        } else if tasksEnded {
            if waits(finally) { complaints.append("\(owner): the next of finally should run") }
            if through(finally), mayEnd { complaints.append("\(owner) should have ended") }
        } else if couldStart(tasks, shape, found) {
            complaints.append("\(owner): another task should run")
        }
        return complaints
    }

    /// Whether one more of the tasks may start.
    private func couldStart(_ tasks: [Element], _ shape: Shape, _ found: (Element) -> TaskRun?) -> Bool {
        let live = tasks.count { found($0).map { !$0.state.current.isTerminated } ?? false }
        let waiting = tasks.filter { found($0) == nil }
        switch shape {
        case .sequence: return live == 0 && !waiting.isEmpty
        case .beside(let limit): return (limit == 0 || live < limit) && !waiting.isEmpty
        case .graph(let limit, let needs):
            return (limit == 0 || live < limit)
                && waiting.contains { element in
                    (needs[element.task] ?? []).allSatisfy {
                        found(Element(task: $0, value: nil))?.state.current.isTerminated == true
                    }
                }
        case .groups(let limit):
            guard limit == 0 || live < limit else { return false }
            return Set(waiting.map(\.value)).contains { value in
                !tasks.contains { $0.value == value && found($0).map { !$0.state.current.isTerminated } ?? false }
            }
        }
    }

    /// What must never be, whatever else goes on.
    private func limits(
        _ owner: String, _ tasks: [Element], shape: Shape, _ found: (Element) -> TaskRun?
    ) -> [String] {
        let live = tasks.count { found($0).map { !$0.state.current.isTerminated } ?? false }
        switch shape {
        case .sequence:
            let started = tasks.map { found($0) != nil }
            let inOrder = started.drop { $0 }.allSatisfy { !$0 }
            return live > 1 || !inOrder ? ["\(owner): more than one task of a sequence"] : []
        case .beside(let limit), .groups(let limit):
            return limit > 0 && live > limit ? ["\(owner): \(live) tasks where \(limit) may run"] : []
        case .graph(_, let needs):
            let early = tasks.contains { element in
                guard let run = found(element) else { return false }
                return !(needs[element.task] ?? []).allSatisfy { need in
                    found(Element(task: need, value: nil)).map { $0.number < run.number } ?? false
                }
            }
            return early ? ["\(owner): a task before those on which it depends"] : []
        }
    }
}
