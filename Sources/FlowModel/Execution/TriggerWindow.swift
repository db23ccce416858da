/// What a Flow trigger has collected from several executions until all that it waits for has come; one row for each
/// collecting condition of a trigger. Source: engine spec §7.6.
public struct TriggerWindow: Sendable, Hashable {
    public var namespace: String
    public var flowID: String
    public var triggerID: String
    /// The id of the preconditions or of the condition that collects.
    public var conditionID: String
    public var start: Timestamp
    /// The last moment that belongs to it; after that it counts no more and may be removed.
    public var end: Timestamp
    /// The names of the parts that were true, in the order in which they came.
    public var results: [String]

    public init(
        namespace: String, flowID: String, triggerID: String, conditionID: String, start: Timestamp, end: Timestamp,
        results: [String] = []
    ) {
        self.namespace = namespace
        self.flowID = flowID
        self.triggerID = triggerID
        self.conditionID = conditionID
        self.start = start
        self.end = end
        self.results = results
    }
}
