import FlowModel

/// A question for executions; what is not set does not filter. Source: engine spec §11.1.
public struct ExecutionQuery: Sendable {
    public enum Sort: String, Sendable, Hashable, CaseIterable {
        /// By the moment of creation, which the id carries. The only order that stays quick however long the history is.
        case startDate
        case endDate, duration, state, namespace, flowID, id
    }
    public enum Family: Sendable, Hashable {
        /// Started by another execution.
        case child
        /// Not started by another execution.
        case main
    }

    public var namespace: NamespaceFilter = .any
    public var flowIDs: [String] = []
    /// Exactly these flows.
    public var flows: [FlowKey] = []
    public var states: [State] = []
    /// All of them must be there.
    public var labels: [Label] = []
    /// Created at this moment or later.
    public var startDate: Timestamp?
    /// Created at this moment or earlier.
    public var endDate: Timestamp?
    /// Started by this execution, by a subflow task or a Flow trigger.
    public var triggerExecutionID: ExecutionID?
    /// Copies of this execution, made by restart or replay.
    public var parentID: ExecutionID?
    public var family: Family?
    /// Part of the flow's id or namespace, in any case, or the beginning of the execution's id.
    public var text: String?
    public var sort: Sort = .startDate
    public var descending = true

    public init() {}
}

/// How many executions a flow has had in a state.
public struct ExecutionCount: Sendable, Hashable {
    public var flow: FlowKey
    public var state: State
    public var count: Int

    public init(flow: FlowKey, state: State, count: Int) {
        self.flow = flow
        self.state = state
        self.count = count
    }
}

/// Executions created within one stretch of time, of one state.
public struct ExecutionBucket: Sendable, Hashable {
    /// Where the stretch begins.
    public var start: Timestamp
    /// Nil unless asked for per flow or namespace.
    public var flow: FlowKey?
    public var state: State
    public var count: Int
    /// Of those that ended, in milliseconds.
    public var shortest: Int64?
    public var longest: Int64?
    public var durationSum: Int64
    public var ended: Int

    public init(
        start: Timestamp, flow: FlowKey?, state: State, count: Int, shortest: Int64?, longest: Int64?,
        durationSum: Int64, ended: Int
    ) {
        self.start = start
        self.flow = flow
        self.state = state
        self.count = count
        self.shortest = shortest
        self.longest = longest
        self.durationSum = durationSum
        self.ended = ended
    }
}

/// Which lines of one execution's log. Source: engine spec §11.4.
public struct LogFilter: Sendable, Hashable {
    public var minLevel: LogLevel = .trace
    public var taskID: String?
    public var taskRun: Int?
    public var attempt: Int?

    public init(minLevel: LogLevel = .trace, taskID: String? = nil, taskRun: Int? = nil, attempt: Int? = nil) {
        self.minLevel = minLevel
        self.taskID = taskID
        self.taskRun = taskRun
        self.attempt = attempt
    }
}

/// A question for log lines of many executions. Source: engine spec §11.4.
public struct LogQuery: Sendable, Hashable {
    public var namespace: NamespaceFilter = .any
    public var flowIDs: [String] = []
    /// Exactly these flows.
    public var flows: [FlowKey] = []
    public var triggerID: String?
    public var minLevel: LogLevel = .trace
    /// These levels only; all from `minLevel` on when empty.
    public var levels: [LogLevel] = []
    public var startDate: Timestamp?
    public var endDate: Timestamp?
    /// Part of the message, in any case.
    public var text: String?
    public var descending = true

    public init() {}
}

/// What retention removed.
public struct Purged: Sendable {
    /// Whose files may be deleted now.
    public var executions: [(flow: FlowKey, id: ExecutionID)] = []
    public var logs = 0
    public var metrics = 0
    /// Whether more would match: the call did one batch only.
    public var hasMore = false

    public init() {}
}
