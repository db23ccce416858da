import FlowModel
import TaskKit

/// One flow; of old.
struct FlowIsCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.FlowCondition",
        aliases: ["io.kestra.core.models.conditions.types.FlowCondition"],
        title: "True for one flow.",
        example: "- { type: io.kestra.plugin.core.condition.FlowCondition, namespace: company.team, flowId: load }",
        isDeprecated: true
    )

    @Property("The flow's namespace.") var namespace: String
    @Property("The flow's id.") var flowId: String

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        context.namespace == namespace && context.flowID == flowId
    }
}
