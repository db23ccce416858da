import OrderedCollections

/// What is kept of a scheduled or polling trigger from one evaluation to the next; one row for each trigger of a flow.
/// Webhook and Flow triggers have none. Source: engine spec §7.2.
public struct TriggerState: Sendable, Hashable {
    public var namespace: String
    public var flowID: String
    public var triggerID: String
    /// The schedule date that was run last; nil before the first.
    public var date: Timestamp?
    /// When the trigger is due next; nil for a new row and for a disabled one.
    public var nextExecutionDate: Timestamp?
    public var backfill: Backfill?
    /// The final states of an execution after which the trigger is disabled.
    public var stopAfter: [State]
    public var disabled: Bool
    /// The execution in progress: nothing else is started before it has ended.
    public var executionID: ExecutionID?
    public var updatedDate: Timestamp?
    /// Since when a worker evaluates the trigger.
    public var evaluateRunningDate: Timestamp?
    public var workerID: String?

    public init(
        namespace: String, flowID: String, triggerID: String, date: Timestamp? = nil,
        nextExecutionDate: Timestamp? = nil, backfill: Backfill? = nil, stopAfter: [State] = [], disabled: Bool = false,
        executionID: ExecutionID? = nil, updatedDate: Timestamp? = nil, evaluateRunningDate: Timestamp? = nil,
        workerID: String? = nil
    ) {
        self.namespace = namespace
        self.flowID = flowID
        self.triggerID = triggerID
        self.date = date
        self.nextExecutionDate = nextExecutionDate
        self.backfill = backfill
        self.stopAfter = stopAfter
        self.disabled = disabled
        self.executionID = executionID
        self.updatedDate = updatedDate
        self.evaluateRunningDate = evaluateRunningDate
        self.workerID = workerID
    }

    /// Whether an execution or an evaluation is in progress, so that nothing may be started.
    public var isLocked: Bool { executionID != nil || evaluateRunningDate != nil }
}

/// Past dates of a schedule that are run one after the other. Source: engine spec §7.3.
public struct Backfill: Sendable, Hashable {
    public var start: Timestamp
    /// The last moment that counts.
    public var end: Timestamp
    /// From where the next date is looked for.
    public var currentDate: Timestamp
    public var paused: Bool
    /// Laid over the trigger's own inputs.
    public var inputs: ValueMap
    /// Added after the trigger's own labels.
    public var labels: [Label]
    /// What the row's next date was when the backfill began; it is so again at its end.
    public var previousNextExecutionDate: Timestamp?

    /// A backfill that begins at its start.
    public init(
        start: Timestamp, end: Timestamp, currentDate: Timestamp? = nil, paused: Bool = false, inputs: ValueMap = [:],
        labels: [Label] = [], previousNextExecutionDate: Timestamp? = nil
    ) {
        self.start = start
        self.end = end
        self.currentDate = currentDate ?? start
        self.paused = paused
        self.inputs = inputs
        self.labels = labels
        self.previousNextExecutionDate = previousNextExecutionDate
    }
}
