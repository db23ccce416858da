/// A task of a flow: its type's full name, what all tasks have in common, its own properties unrendered, and the tasks
/// below it. Source: engine spec §4 and §5.
public struct FlowTask: Sendable {
    public var id: String
    /// The full type name; aliases are resolved.
    public var type: String
    public var mark: Mark
    public var description: String?
    public var retry: Retry?
    /// A duration, or an expression that gives one.
    public var timeout: Value?
    public var disabled = false
    public var runIf: String?
    public var allowFailure = false
    public var allowWarning = false
    public var logLevel: LogLevel = .trace
    public var logToFile = false
    /// The type's own properties, in document order, without task lists.
    public var properties: ValueMap = [:]
    /// Where each of `properties` begins.
    public var propertyMarks: [String: Mark] = [:]
    /// The tasks below, by the property that holds them (`tasks`, `then`, `cases.x`, …), in document order.
    public var lists: [TaskList] = []

    public init(id: String, type: String, mark: Mark) {
        self.id = id
        self.type = type
        self.mark = mark
    }

    /// The tasks of the list `name`; nil when the document has no such list.
    public func tasks(_ name: String) -> [FlowTask]? { lists.first { $0.name == name }?.tasks }
}

/// A named list of tasks below a flowable task.
public struct TaskList: Sendable {
    /// The property's name; for the members of a map of lists `<property>.<key>`.
    public var name: String
    public var tasks: [FlowTask]

    public init(name: String, tasks: [FlowTask]) {
        self.name = name
        self.tasks = tasks
    }
}

/// How a failed task or execution is tried again. Source: engine spec §5.2, since-0.20 §2.
public struct Retry: Sendable, Hashable {
    public enum Pace: Sendable, Hashable {
        case constant(interval: ISODuration)
        case exponential(interval: ISODuration, maxInterval: ISODuration, factor: Double)
        case random(minInterval: ISODuration, maxInterval: ISODuration)
    }
    public enum Behavior: String, Sendable, CaseIterable {
        case retryFailedTask = "RETRY_FAILED_TASK", createNewExecution = "CREATE_NEW_EXECUTION"
    }

    public var pace: Pace
    /// The number of attempts in total, the first included; nil for no limit.
    public var maxAttempts: Int?
    /// Counted from the start of the first attempt; nil for no limit.
    public var maxDuration: ISODuration?
    public var warningOnRetry: Bool
    public var behavior: Behavior

    public init(
        pace: Pace, maxAttempts: Int? = nil, maxDuration: ISODuration? = nil, warningOnRetry: Bool = false,
        behavior: Behavior = .retryFailedTask
    ) {
        self.pace = pace
        self.maxAttempts = maxAttempts
        self.maxDuration = maxDuration
        self.warningOnRetry = warningOnRetry
        self.behavior = behavior
    }
}

/// What starts a flow by itself. Source: engine spec §7.1.
public struct FlowTrigger: Sendable {
    public var id: String
    public var type: String
    public var mark: Mark
    public var description: String?
    public var disabled = false
    public var labels: [Label] = []
    public var conditions: [FlowCondition] = []
    public var stopAfter: [State] = []
    public var logLevel: LogLevel = .trace
    public var properties: ValueMap = [:]
    public var propertyMarks: [String: Mark] = [:]

    public init(id: String, type: String, mark: Mark) {
        self.id = id
        self.type = type
        self.mark = mark
    }
}

/// A condition of a trigger or listener. Source: engine spec §7.5.
public struct FlowCondition: Sendable {
    public var type: String
    public var mark: Mark
    public var properties: ValueMap
    public var conditions: [FlowCondition]

    public init(type: String, mark: Mark, properties: ValueMap, conditions: [FlowCondition] = []) {
        self.type = type
        self.mark = mark
        self.properties = properties
        self.conditions = conditions
    }
}
