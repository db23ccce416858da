import Expressions
import FlowModel
import TaskKit

/// Something that happened to an execution. An event that no longer matters changes nothing and orders nothing, so
/// events may come late and more than once. Source: engine spec §3.3, §9.1.
public enum Event: Sendable {
    /// The execution was created, or its schedule date came, or a place became free for it.
    /// - Parameter running: how many other executions of the flow are RUNNING or PAUSED (engine spec §8.9).
    case created(running: Int)
    /// A queued execution may run now, or one that was just created must, whatever the flow's limit.
    case unqueued
    /// There was more to do than one step may do at once.
    case proceeded
    /// A worker has begun an attempt at a task run.
    case taskStarted(Int, attempt: Int)
    case taskEnded(Int, attempt: Int, TaskResult)
    /// The worker that had it is gone. The attempt is closed as KILLED and the task runs again.
    case taskLost(Int, attempt: Int)
    /// The execution that a task run asked for exists now.
    case subflowStarted(Int, attempt: Int)
    /// It cannot exist: no such flow, inputs that do not fit.
    case subflowRefused(Int, attempt: Int, String)
    /// It cannot exist under its id, which another execution has: it is asked for again under this one.
    case subflowMoved(Int, attempt: Int, to: ExecutionID)
    case subflowEnded(SubflowEnd)
    /// For the timer of the execution itself, its schedule date, apply ``created(running:)`` instead.
    case timerFired(EngineTimer)
    /// - Parameter cascade: whether the executions that this one started are killed too.
    case killRequested(cascade: Bool)
    case pauseRequested
    /// - Parameters:
    ///   - taskRun: the paused task run that is meant; nil for the first one.
    ///   - inputs: the values of `onResume`, checked and typed.
    ///   - by: who resumed it.
    case resumed(taskRun: Int?, inputs: ValueMap, by: String?)
}

/// How an attempt ended.
public struct TaskResult: Sendable, Hashable {
    /// SUCCESS, WARNING, FAILED or KILLED.
    public var state: State
    public var outputs: ValueMap?
    /// What the log says about a failure.
    public var failure: String?
    public var logFile: String?
    /// The numbers that the attempt told.
    public var metrics: [RunMetric] = []

    public init(_ state: State, outputs: ValueMap? = nil, failure: String? = nil, logFile: String? = nil) {
        self.state = state
        self.outputs = outputs
        self.failure = failure
        self.logFile = logFile
    }
}

/// How an execution that a task run waits for ended.
public struct SubflowEnd: Sendable {
    public var child: ExecutionID
    public var state: State
    /// The child's own outputs; nil when its flow declares none.
    public var outputs: ValueMap?
    /// What the child's expressions saw, for the task's `outputs` of old.
    public var variables: (any Variables)?

    public init(child: ExecutionID, state: State, outputs: ValueMap?, variables: (any Variables)? = nil) {
        self.child = child
        self.state = state
        self.outputs = outputs
        self.variables = variables
    }
}

/// A moment for which an execution waits.
public struct EngineTimer: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The execution's `scheduleDate`.
        case schedule
        /// The next attempt at a task run.
        case retry
        /// The end of a Pause's duration.
        case pause
        /// The next round of a LoopUntil.
        case round
    }

    public var kind: Kind
    /// Nil for the execution itself.
    public var taskRun: Int?
    public var at: Timestamp

    public init(_ kind: Kind, taskRun: Int?, at: Timestamp) {
        self.kind = kind
        self.taskRun = taskRun
        self.at = at
    }
}
