import FlowModel

/// Anything that a flow names by `type`: its documentation, and its properties declared with `@Property`.
public protocol DocumentedType: PropertyHolder {
    static var about: TaskAbout { get }
}

/// A type of task.
public protocol TaskType: DocumentedType {}

/// A type with rules that go beyond what its properties say one by one.
public protocol CheckedTask: TaskType {
    /// What is wrong with a task of this type, in words that follow the task's id. Source: engine spec §1.5.
    static func mistakes(in task: FlowTask) -> [String]
}

/// A type of condition, on triggers and listeners. Source: engine spec §7.5.
public protocol ConditionType: DocumentedType {}

/// What people and programs read about a type.
public struct TaskAbout: Sendable {
    /// The full name that flows write.
    public var type: String
    /// Older names that still work.
    public var aliases: [String]
    /// One sentence.
    public var title: String
    public var details: String?
    /// The YAML of one task that works.
    public var example: String
    public var isDeprecated: Bool

    public init(
        type: String, aliases: [String] = [], title: String, details: String? = nil, example: String,
        isDeprecated: Bool = false
    ) {
        self.type = type
        self.aliases = aliases
        self.title = title
        self.details = details
        self.example = example
        self.isDeprecated = isDeprecated
    }
}

/// What a task gives to the tasks after it, as `outputs.<task id>.…`.
public protocol TaskOutputs: Sendable {
    static var about: [OutputAbout] { get }
    var values: ValueMap { get }
}

public struct OutputAbout: Sendable {
    public var name: String
    public var about: String
    public var schema: Schema

    public init(_ name: String, _ about: String, _ schema: Schema) {
        self.name = name
        self.about = about
        self.schema = schema
    }
}

/// For tasks that give nothing: kept as `{}`.
public struct NoOutput: TaskOutputs {
    public static let about: [OutputAbout] = []
    public var values: ValueMap { [:] }
    public init() {}
}

/// A task that a worker runs: it may wait, and act on the outside world.
public protocol RunnableTask: TaskType {
    associatedtype Outputs: TaskOutputs
    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs
    /// The state of a run that did not fail: WARNING for a script that wrote to stderr.
    func state(of outputs: Outputs) -> State
}

extension RunnableTask {
    public func state(of outputs: Outputs) -> State { .success }
}

/// A task without effects outside its execution: it is run in place, and its row is saved with the step that it belongs to.
public protocol InstantTask: TaskType {
    associatedtype Outputs: TaskOutputs
    func run(_ context: inout InstantContext) throws(TaskFailure) -> Outputs
}

/// A task that holds other tasks; the engine decides what runs next in it.
public protocol FlowableTask: TaskType {
    /// The properties that hold tasks.
    static var lists: [TaskListAbout] { get }
    static var outputs: [OutputAbout] { get }
}

/// A property of a flowable task that holds tasks.
public struct TaskListAbout: Sendable {
    public enum Shape: Sendable {
        /// A list of tasks.
        case list
        /// A map of lists, such as the cases of a Switch.
        case map
        /// A list of `{task, dependsOn}`; the dependencies stay in the property `dependsOn` as a map by task id.
        case graph
        /// A single task.
        case single
    }

    public var name: String
    public var about: String
    public var shape: Shape
    /// Whether it must be there with at least one task.
    public var isRequired: Bool

    public init(_ name: String, _ about: String, shape: Shape = .list, isRequired: Bool = false) {
        self.name = name
        self.about = about
        self.shape = shape
        self.isRequired = isRequired
    }

    /// Every flowable's handlers. Source: engine spec §3.7, since-0.20 §1.1.
    public static let errors = TaskListAbout("errors", "Tasks to run when one of the tasks has failed.")
    public static let finally = TaskListAbout("finally", "Tasks to run at the end, whatever happened.")
}

/// A task that the engine itself carries out with others' help, such as Subflow: neither a worker's nor a flowable.
public protocol EngineTask: TaskType {
    static var outputs: [OutputAbout] { get }
}

/// A type of trigger.
public protocol TriggerType: DocumentedType {
    /// What executions see as `trigger.…`.
    static var variables: [OutputAbout] { get }
}
