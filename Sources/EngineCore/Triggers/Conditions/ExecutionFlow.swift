import FlowModel
import TaskKit

/// Executions of one flow.
struct ExecutionFlowCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.ExecutionFlow", aliases: EngineConditions.aliases("ExecutionFlow"),
        title: "True for executions of one flow.",
        example: """
            - { type: io.kestra.plugin.core.condition.ExecutionFlow, namespace: company.team, flowId: load }
            """
    )
    static let needsExecution = true

    @Property("The flow's namespace.") var namespace: String
    @Property("The flow's id.") var flowId: String

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        context.namespace == namespace && context.flowID == flowId
    }
}
