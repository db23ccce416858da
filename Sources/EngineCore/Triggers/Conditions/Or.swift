import FlowModel
import TaskKit

/// One of several conditions.
struct OrCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.Or", aliases: EngineConditions.aliases("Or"),
        title: "True when at least one of its `conditions` is.",
        example: """
            - type: io.kestra.plugin.core.condition.Or
              conditions: [{ type: io.kestra.plugin.core.condition.Weekend }]
            """
    )

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        for condition in inner where try condition.holds(context) { return true }
        return false
    }
}
