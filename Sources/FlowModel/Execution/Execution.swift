/// One run of a flow. Source: engine spec §3.1.
public struct Execution: Sendable {
    public var id: ExecutionID
    public var namespace: String
    public var flowID: String
    public var flowRevision: Int
    public var state: StateHistory
    public var inputs: ValueMap?
    public var outputs: ValueMap?
    public var labels: [Label] = []
    /// What tasks and triggers added to the expression context.
    public var variables: ValueMap = [:]
    public var trigger: ExecutionTrigger?
    public var parentID: ExecutionID?
    public var originalID: ExecutionID
    public var attemptNumber = 1
    public var originalCreatedDate: Timestamp
    public var scheduleDate: Timestamp?

    public init(
        id: ExecutionID, namespace: String, flowID: String, flowRevision: Int, createdAt: Timestamp
    ) {
        self.id = id
        self.namespace = namespace
        self.flowID = flowID
        self.flowRevision = flowRevision
        state = StateHistory(.created, at: createdAt)
        originalID = id
        originalCreatedDate = createdAt
    }
}

/// What started an execution. Source: engine spec §3.1, §7.1.
public struct ExecutionTrigger: Sendable, Hashable {
    public var id: String
    public var type: String
    public var variables: ValueMap
    public var logFile: String?

    public init(id: String, type: String, variables: ValueMap, logFile: String? = nil) {
        self.id = id
        self.type = type
        self.variables = variables
        self.logFile = logFile
    }
}

/// One run of a task within an execution. `number` is its place in the order of creation, counted from 0; numbers are never
/// used again. Source: engine spec §3.1.
public struct TaskRun: Sendable {
    public var number: Int
    public var taskID: String
    /// The number of the flowable task run it belongs to.
    public var parent: Int?
    /// The value of the iteration, on the children of iterating tasks.
    public var value: String?
    public var iteration: Int?
    public var state: StateHistory
    public var attempts: [Attempt] = []
    /// Nil for none at all, which is told as null.
    public var outputs: ValueMap?

    public init(
        number: Int, taskID: String, parent: Int? = nil, value: String? = nil, iteration: Int? = nil,
        state: StateHistory
    ) {
        self.number = number
        self.taskID = taskID
        self.parent = parent
        self.value = value
        self.iteration = iteration
        self.state = state
    }
}

/// One try at a task's work. Source: engine spec §5.5.
public struct Attempt: Sendable, Hashable {
    public var state: StateHistory
    public var logFile: String?

    public init(state: StateHistory, logFile: String? = nil) {
        self.state = state
        self.logFile = logFile
    }
}
