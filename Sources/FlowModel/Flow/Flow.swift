/// A flow as it was read: what its document says, checked and typed, with the places where its tasks stand.
///
/// Source: engine spec §1.2. Task properties stay unrendered; the document's text is kept beside the flow in `source`.
public struct Flow: Sendable {
    public var id: String
    public var namespace: String
    /// 1 for the first save; 0 while the flow is not stored.
    public var revision = 0
    public var description: String?
    public var labels: [Label] = []
    public var inputs: [FlowInput] = []
    public var variables: ValueMap = [:]
    public var tasks: [FlowTask] = []
    public var errors: [FlowTask] = []
    public var finally: [FlowTask] = []
    public var afterExecution: [FlowTask] = []
    public var listeners: [FlowListener] = []
    public var triggers: [FlowTrigger] = []
    public var outputs: [FlowOutput] = []
    public var concurrency: Concurrency?
    public var retry: Retry?
    /// The flow's `sla`, `checks` and other members that only some parts of the engine read, as written.
    public var more: ValueMap = [:]
    public var disabled = false
    /// The document, verbatim.
    public var source: String
    /// The file that it was read from, as the user names it; nil for a flow that came another way.
    public var file: String?

    public init(id: String, namespace: String, source: String) {
        self.id = id
        self.namespace = namespace
        self.source = source
    }
}

/// A key with a value, on a flow or an execution.
public struct Label: Sendable, Hashable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// How many executions of a flow may run at once, and what becomes of one too many. Source: engine spec §8.9.
public struct Concurrency: Sendable, Hashable {
    public enum Behavior: String, Sendable, CaseIterable { case queue = "QUEUE", cancel = "CANCEL", fail = "FAIL" }
    public var limit: Int
    public var behavior: Behavior

    public init(limit: Int, behavior: Behavior = .queue) {
        self.limit = limit
        self.behavior = behavior
    }
}

/// Tasks that run after the execution when their conditions hold; of old. Source: engine spec §3.8.
public struct FlowListener: Sendable {
    public var conditions: [FlowCondition]
    public var tasks: [FlowTask]

    public init(conditions: [FlowCondition], tasks: [FlowTask]) {
        self.conditions = conditions
        self.tasks = tasks
    }
}

/// A value that a flow gives out at its end. Source: engine spec §3.9.
public struct FlowOutput: Sendable {
    public var id: String
    public var type: String
    public var value: Value
    public var required: Bool
    public var displayName: String?
    public var description: String?

    public init(
        id: String, type: String, value: Value, required: Bool = true, displayName: String? = nil,
        description: String? = nil
    ) {
        self.id = id
        self.type = type
        self.value = value
        self.required = required
        self.displayName = displayName
        self.description = description
    }
}
