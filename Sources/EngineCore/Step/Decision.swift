import FlowModel
import TaskKit

/// What a step decided: the rows that changed, to be saved first, and the commands, to be carried out then.
public struct Decision: Sendable {
    public var executionChanged = false
    /// Numbers of task runs that are new or changed, each once.
    public var changed: [Int] = []
    /// Numbers of task runs that are gone. A number may be in `changed` too when it came and went in one step.
    public var removed: [Int] = []
    /// New lines of the log. Secrets are not masked yet, long messages not split.
    public var logs: [LogEntry] = []
    public var commands: [Command] = []
    /// What attempts that ended have told, each with its task run.
    public var metrics: [(taskRun: Int, metric: RunMetric)] = []

    public init() {}

    public var isEmpty: Bool {
        !executionChanged && changed.isEmpty && removed.isEmpty && logs.isEmpty && commands.isEmpty
    }
}

/// What the runtime should do once a step is saved. Each may be carried out twice without harm.
public enum Command: Sendable {
    /// Have a worker make this attempt: ask ``ExecutionState/order(_:of:with:)`` for what it needs. Doing nothing about an
    /// attempt that a worker already has is right.
    case run(Int, attempt: Int, timeout: ISODuration?)
    /// Create the execution that a task run asks for, unless it exists; answer with ``Event/subflowStarted(_:attempt:)``,
    /// ``Event/subflowRefused(_:attempt:_:)``, and ``Event/subflowEnded(_:)`` when it is finished.
    case startSubflow(SubflowRequest)
    case wake(EngineTimer)
    case cancelWake(EngineTimer)
    /// Interrupt the attempt on its worker, or take it from the worker's queue.
    case stop(Int, attempt: Int)
    /// Kill every execution that this one started, with their own. Not ordered again after a restart of the server: note
    /// it in the transaction that saves the step.
    case killChildren
    /// Create this execution, the next try at the same flow, unless it exists. Not ordered again after a restart of the
    /// server: store it in the transaction that saves the step.
    case startReplacement(Execution)
    /// Apply ``Event/proceeded`` when others had their turn.
    case proceed
    /// The execution has this final state from now on.
    case ended(State)
    /// Nothing more will happen: answer those who wait, give the place in the flow's concurrency limit to the next one.
    case finished
}

/// The execution that a task run asks for.
public struct SubflowRequest: Sendable {
    /// The id that it must get: the same each time for the same attempt.
    public var child: ExecutionID
    public var taskRun: Int
    public var attempt: Int
    public var namespace: String
    public var flowID: String
    /// Nil for the latest.
    public var revision: Int?
    public var inputs: ValueMap
    /// The labels after the flow's own ones.
    public var labels: [Label]
    public var trigger: ExecutionTrigger
    public var scheduleDate: Timestamp?
}
