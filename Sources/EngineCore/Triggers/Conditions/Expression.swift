import FlowModel
import TaskKit

/// Any expression.
struct ExpressionCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.Expression",
        aliases: [
            "io.kestra.core.models.conditions.types.VariableCondition",
            "io.kestra.plugin.core.condition.ExpressionCondition",
        ],
        title: "True when an expression gives a text that is neither blank nor `false`.",
        example: "- { type: io.kestra.plugin.core.condition.Expression, expression: \"{{ trigger.body.ok }}\" }"
    )

    @Property("The expression.") var expression: String

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        expression.isTrueText
    }
}

extension String {
    /// Neither blank nor `false`: what counts as true in a condition. Source: engine spec §7.5.
    var isTrueText: Bool {
        let text = trimmedSpace
        return !text.isEmpty && text != "false"
    }
}
