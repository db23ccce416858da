import FlowModel
import TaskKit

/// Executions with certain labels.
struct ExecutionLabelsCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.ExecutionLabels", aliases: EngineConditions.aliases("ExecutionLabels"),
        title: "True for executions that have all of certain labels.",
        example: "- { type: io.kestra.plugin.core.condition.ExecutionLabels, labels: { owner: data } }"
    )
    static let needsExecution = true

    @Property("The labels: a map, or a list of `key` and `value`.") var labels: Value

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        guard let execution = context.execution else { return false }
        return LabelRules.read(labels).allSatisfy(execution.labels.contains)
    }
}
