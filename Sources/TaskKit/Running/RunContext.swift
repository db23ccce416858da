import Expressions
import FlowModel
import OrderedCollections

/// Which run of which task this is.
public struct RunIdentity: Sendable {
    public var executionID: ExecutionID
    public var namespace: String
    public var flowID: String
    public var flowRevision: Int
    public var taskID: String
    public var taskType: String
    public var taskRun: Int
    /// Attempts that ended before this one.
    public var attempt: Int
    /// The value of the iteration, if any.
    public var value: String?

    public init(
        executionID: ExecutionID, namespace: String, flowID: String, flowRevision: Int, taskID: String,
        taskType: String, taskRun: Int, attempt: Int, value: String?
    ) {
        self.executionID = executionID
        self.namespace = namespace
        self.flowID = flowID
        self.flowRevision = flowRevision
        self.taskID = taskID
        self.taskType = taskType
        self.taskRun = taskRun
        self.attempt = attempt
        self.value = value
    }

    public var flow: FlowKey { FlowKey(namespace, flowID) }
    public var taskRunID: String { executionID.taskRunID(taskRun) }
}

/// What a running task has around it: its identity, its variables, a log, and doors to the outside.
public struct RunContext: Sendable {
    public let identity: RunIdentity
    public let scope: Scope
    public let log: RunLog
    public let services: Services
    /// The task as the flow has it: its properties before rendering.
    public let task: FlowTask
    /// Takes the numbers that the run tells.
    public let metrics: RunMetrics

    public init(
        identity: RunIdentity, scope: Scope, log: RunLog, services: Services, task: FlowTask,
        metrics: RunMetrics = RunMetrics()
    ) {
        self.metrics = metrics
        self.identity = identity
        self.scope = scope
        self.log = log
        self.services = services
        self.task = task
    }

    /// Waits on the engine's clock.
    /// - Throws: a failure when the run is killed or timed out meanwhile.
    public func sleep(for duration: ISODuration) async throws(TaskFailure) {
        do {
            try await services.clock.sleep(until: services.clock.now.advanced(by: duration))
        } catch {
            throw TaskFailure("The task was interrupted while it waited.")
        }
    }

    /// Renders a text with more variables than the run has, such as `workingDir`.
    public func render(_ text: String, adding more: ValueMap = [:]) throws(TaskFailure) -> String {
        do throws(ExpressionError) {
            return try Template.cached(text).text(in: more.isEmpty ? scope : scope.adding(more))
        } catch {
            throw TaskFailure(error)
        }
    }

    /// Renders the texts in a structure, keys included.
    public func render(_ value: Value, adding more: ValueMap = [:]) throws(TaskFailure) -> Value {
        do throws(ExpressionError) {
            return try Renderer.render(value, in: more.isEmpty ? scope : scope.adding(more))
        } catch {
            throw TaskFailure(error)
        }
    }

    /// Where this run's files go: `/<ns path>/<flow slug>/executions/<id>/tasks/<task slug>/<task run id>/`.
    public var filePrefix: String {
        StoragePath.taskRun(
            identity.taskRun, taskID: identity.taskID, execution: identity.executionID, of: identity.flow) + "/"
    }
}

/// What an instant task has around it.
public struct InstantContext: Sendable {
    public let scope: Scope
    public let now: Timestamp
    public private(set) var logs: [(level: LogLevel, message: String)] = []

    public init(scope: Scope, now: Timestamp) {
        self.scope = scope
        self.now = now
    }

    public mutating func log(_ level: LogLevel, _ message: String) { logs.append((level, message)) }
}

/// The clock that everything waits by, so that tests never really wait.
public protocol FlowClock: Sendable {
    var now: Timestamp { get }
    /// - Throws: `CancellationError` when the task that waits is cancelled.
    func sleep(until moment: Timestamp) async throws
}

/// A task run's log: lines below the task's level are dropped, secrets are masked, long messages split.
public struct RunLog: Sendable {
    /// Whether more lines are welcome now. When not, it keeps what it is given and calls it once, on any thread, when
    /// they are.
    public typealias Room = @Sendable (_ again: @escaping @Sendable () -> Void) -> Bool

    private let level: LogLevel
    private let room: Room
    private let sink: @Sendable (LogLevel, String) -> Void

    public init(
        level: LogLevel, room: @escaping Room = { _ in true }, sink: @escaping @Sendable (LogLevel, String) -> Void
    ) {
        self.level = level
        self.room = room
        self.sink = sink
    }

    /// Whether more lines are welcome now. Lines are taken in any case; who passes on lines that something else writes,
    /// such as a process, lets it wait until `again` is called, so that no more lie in memory than can be stored.
    public func hasRoom(orElse again: @escaping @Sendable () -> Void) -> Bool { room(again) }

    /// The same log for lines that all have one level.
    public func all(at level: LogLevel) -> RunLog {
        RunLog(level: .trace, room: room) { _, message in self(level, message) }
    }

    public func callAsFunction(_ level: LogLevel, _ message: String) {
        if level >= self.level { sink(level, message) }
    }
    public func trace(_ message: String) { self(.trace, message) }
    public func debug(_ message: String) { self(.debug, message) }
    public func info(_ message: String) { self(.info, message) }
    public func warn(_ message: String) { self(.warn, message) }
    public func error(_ message: String) { self(.error, message) }
}
