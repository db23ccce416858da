import FlowModel
import TaskKit

/// Starts a flow when executions of other flows change their state. Source: engine spec §7.4, since-0.20 §6.3.
public struct FlowEnd: TriggerType {
    public static let about = TaskAbout(
        type: "io.kestra.plugin.core.trigger.Flow", aliases: ["io.kestra.core.models.triggers.types.Flow"],
        title: "Start the flow when executions of other flows end or change their state.",
        example: """
            - id: after_load
              type: io.kestra.plugin.core.trigger.Flow
              preconditions:
                id: loaded
                flows: [{ namespace: company.team, flowId: load, states: [SUCCESS] }]
            """
    )
    public static let variables = [
        OutputAbout("executionId", "The id of the execution that set it off.", .string),
        OutputAbout("namespace", "The namespace of that execution's flow.", .string),
        OutputAbout("flowId", "The id of that execution's flow.", .string),
        OutputAbout("flowRevision", "The revision of that execution's flow.", .integer),
        OutputAbout("state", "The state of that execution.", .string),
        OutputAbout("outputs", "The flow outputs of that execution.", .map(.any)),
    ]

    @Property("Values for the flow's inputs; expressions see the other execution.") public var inputs: Unrendered?
    @Property("The states that count; every final state and PAUSED without it.") public var states: [State]?
    @Property("What several executions must fulfil together within a time window.") public var preconditions:
        Unrendered?
    @Property("The flows to wait for, each with its states and labels.") public var dependsOn: Unrendered?
    @Property("How many of `dependsOn` are needed: ALL, ANY or AT_LEAST.") public var mode: Unrendered?
    @Property("How many of `dependsOn` are needed with AT_LEAST.") public var minSatisfied: Unrendered?
    @Property("The time within which `dependsOn` must be fulfilled.") public var window: Unrendered?

    public init() {}

    /// The states that count where a trigger names none.
    public static let defaultStates: [State] = State.allCases.filter { $0.isTerminated } + [.paused]
}
