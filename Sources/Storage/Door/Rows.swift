import FlowModel

/// An execution with its task runs, as of one moment.
public struct ExecutionSnapshot: Sendable {
    public var execution: Execution
    /// Ascending by number.
    public var taskRuns: [TaskRun]
    /// Whether the engine has more to do for it.
    public var isOpen: Bool

    public init(execution: Execution, taskRuns: [TaskRun], isOpen: Bool) {
        self.execution = execution
        self.taskRuns = taskRuns
        self.isOpen = isOpen
    }
}

/// A moment that something waits for: the delay of a pause, a retry, a scheduled start, a deadline.
public struct TimerRow: Sendable, Hashable {
    public var execution: ExecutionID
    /// Nil for a timer of the execution as a whole.
    public var taskRun: Int?
    /// What the timer is for; one timer of a kind per task run.
    public var kind: String
    public var due: Timestamp
    /// What else the timer's owner wants back.
    public var note: String?

    public init(execution: ExecutionID, taskRun: Int?, kind: String, due: Timestamp, note: String? = nil) {
        self.execution = execution
        self.taskRun = taskRun
        self.kind = kind
        self.due = due
        self.note = note
    }
}

/// A child execution and the task run of the parent that started it, if a task did.
public struct ChildLink: Sendable, Hashable {
    public var parent: ExecutionID
    public var child: ExecutionID
    public var taskRun: Int?
    public var childState: State

    public init(parent: ExecutionID, child: ExecutionID, taskRun: Int?, childState: State) {
        self.parent = parent
        self.child = child
        self.taskRun = taskRun
        self.childState = childState
    }
}

/// One entry of a namespace's key-value store. Source: engine spec §6.3.
public struct KVEntry: Sendable, Hashable {
    /// The type that reading back tells.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case string = "STRING", number = "NUMBER", boolean = "BOOLEAN", datetime = "DATETIME", date = "DATE"
        case duration = "DURATION", json = "JSON"
    }

    public var namespace: String
    public var key: String
    public var kind: Kind
    /// As JSON keeps it: moments and durations come back as text, `kind` tells what they are.
    public var value: Value
    public var description: String?
    public var created: Timestamp
    public var updated: Timestamp
    /// From this moment on the entry counts as absent.
    public var expires: Timestamp?

    public init(
        namespace: String, key: String, kind: Kind, value: Value, description: String? = nil, at now: Timestamp,
        expires: Timestamp? = nil
    ) {
        self.namespace = namespace
        self.key = key
        self.kind = kind
        self.value = value
        self.description = description
        created = now
        updated = now
        self.expires = expires
    }

    public func isExpired(at now: Timestamp) -> Bool { expires.map { $0 <= now } ?? false }
}

/// What a read of the key-value store found. Source: engine spec §6.3.
public enum KVLookup: Sendable, Hashable {
    case found(KVEntry)
    case expired
    case missing
}

/// A number that a task told. Source: engine spec §11.8.
public struct MetricEntry: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable { case counter, timer, gauge }

    public var at: Timestamp
    public var kind: Kind
    public var name: String
    /// Timers in milliseconds.
    public var value: Double
    public var taskID: String
    public var taskRun: Int?
    public var tags: [Label]

    public init(
        at: Timestamp, kind: Kind, name: String, value: Double, taskID: String, taskRun: Int?, tags: [Label] = []
    ) {
        self.at = at
        self.kind = kind
        self.name = name
        self.value = value
        self.taskID = taskID
        self.taskRun = taskRun
        self.tags = tags
    }
}

/// A stored line of a log, with what it belongs to.
public struct LogLine: Sendable, Hashable {
    /// Its place in its execution's log, from 0; 0 for a line of a trigger.
    public var number: Int
    public var flow: FlowKey
    public var executionID: ExecutionID?
    public var triggerID: String?
    public var taskID: String?
    public var entry: LogEntry

    public init(
        number: Int, flow: FlowKey, executionID: ExecutionID?, triggerID: String?, taskID: String?, entry: LogEntry
    ) {
        self.number = number
        self.flow = flow
        self.executionID = executionID
        self.triggerID = triggerID
        self.taskID = taskID
        self.entry = entry
    }
}
