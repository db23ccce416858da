import FlowModel
import TaskKit

/// Conditions that several executions fulfil together; judged by the Flow trigger, which collects the results.
struct MultipleCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.MultipleCondition",
        aliases: [
            "io.kestra.core.models.conditions.types.MultipleCondition",
            "io.kestra.plugin.core.condition.MultipleConditionCondition",
        ],
        title: "True when each of its conditions was true for some execution within a time window.",
        example: """
            - id: both
              type: io.kestra.plugin.core.condition.MultipleCondition
              window: P1D
              conditions:
                a: { type: io.kestra.plugin.core.condition.ExecutionFlow, namespace: company.team, flowId: a }
                b: { type: io.kestra.plugin.core.condition.ExecutionFlow, namespace: company.team, flowId: b }
            """,
        isDeprecated: true
    )
    static let needsExecution = true

    @Property("A name for the collected results, unlike others of the flow.") var id: String?
    @Property("How long results count.") var timeWindow: Unrendered?
    @Property("The window's length; use `timeWindow`.") var window: ISODuration?
    @Property("How far the window is moved; use `timeWindow`.") var windowAdvance: ISODuration?
    @Property("Whether to begin anew after all were true.") var resetOnSuccess = true
    @Property("The conditions by their names.") var conditions: Unrendered

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        throw TaskFailure("A MultipleCondition can only be used by a Flow trigger.")
    }
}
