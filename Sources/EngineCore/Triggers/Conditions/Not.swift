import FlowModel
import TaskKit

/// None of several conditions.
struct NotCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.Not", aliases: EngineConditions.aliases("Not"),
        title: "True when none of its `conditions` is.",
        example: """
            - type: io.kestra.plugin.core.condition.Not
              conditions: [{ type: io.kestra.plugin.core.condition.Weekend }]
            """
    )

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        for condition in inner where try condition.holds(context) { return false }
        return true
    }
}
