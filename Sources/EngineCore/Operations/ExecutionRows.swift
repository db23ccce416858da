import FlowModel
import TaskKit

/// The rows of an execution after someone has changed its course. Save them, then let it go on with
/// ``ExecutionState/restored(_:taskRuns:finished:nextNumber:of:at:with:)``.
public struct ExecutionRows: Sendable {
    public var execution: Execution
    /// All that are left, in the order of creation.
    public var taskRuns: [TaskRun]
    /// Numbers of those that are gone.
    public internal(set) var removed: [Int] = []
    /// A number above all that ever were.
    public internal(set) var nextNumber: Int

    public init(_ execution: Execution, taskRuns: [TaskRun]) {
        self.execution = execution
        self.taskRuns = taskRuns.sorted { $0.number < $1.number }
        nextNumber = (self.taskRuns.last?.number ?? -1) + 1
    }
}

/// Why an operation on an execution cannot be done.
public enum OperationRefusal: Error, Sendable, Hashable {
    /// The execution is not in a state for it: HTTP 409.
    case conflict(String)
    /// It makes no sense as asked: HTTP 422.
    case unprocessable(String)

    public var message: String {
        switch self {
        case .conflict(let text), .unprocessable(let text): text
        }
    }
}

extension ExecutionRows {
    func run(_ number: Int) -> TaskRun? { taskRuns.first { $0.number == number } }

    /// These runs and all around them.
    func withAncestors(_ numbers: [Int]) -> Set<Int> {
        let parents = Dictionary(taskRuns.map { ($0.number, $0.parent) }, uniquingKeysWith: { first, _ in first })
        var all: Set<Int> = []
        for number in numbers {
            var current: Int? = number
            while let run = current, all.insert(run).inserted { current = parents[run] ?? nil }
        }
        return all
    }

    /// Removes runs with all below them.
    mutating func remove(where goes: (TaskRun) -> Bool) {
        var gone: Set<Int> = []
        for run in taskRuns where goes(run) || run.parent.map(gone.contains) == true { gone.insert(run.number) }
        taskRuns.removeAll { gone.contains($0.number) }
        removed.append(contentsOf: gone.sorted())
    }

    /// Removes what handlers have run: all `errors`, what came after the execution, and the `finally` of those that run
    /// again. Source: engine spec §8.2; since-0.20 §1.1, §1.2.
    mutating func removeHandlers(of flow: CompiledFlow, reopened: Set<Int>) {
        remove { run in
            switch flow.task(run.taskID)?.role {
            case .errors, .listeners, .afterExecution: true
            case .finally: run.parent.map(reopened.contains) ?? true
            case .tasks, .onPause, nil: false
            }
        }
    }

    /// Has runs begin anew (RESTARTED; RUNNING for flowables), and the execution with them.
    mutating func reopen(_ numbers: Set<Int>, of flow: CompiledFlow, at now: Timestamp) {
        for place in taskRuns.indices where numbers.contains(taskRuns[place].number) {
            let isFlowable = flow.task(taskRuns[place].taskID)?.flowable != nil
            taskRuns[place].state.set(isFlowable ? .running : .restarted, at: now)
        }
    }

    mutating func restart(at now: Timestamp) {
        execution.state.set(.restarted, at: now)
        execution.outputs = nil
    }

    /// The same as a new execution that follows from this one.
    mutating func renew(as id: ExecutionID, revision: Int?) {
        execution.parentID = execution.id
        execution.id = id
        if let revision { execution.flowRevision = revision }
    }
}
