import Expressions
import FlowModel
import TaskKit

/// Executions whose flow outputs fit.
struct ExecutionOutputsCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.ExecutionOutputs", aliases: EngineConditions.aliases("ExecutionOutputs"),
        title: "True for executions with outputs for which an expression is true.",
        example: """
            - { type: io.kestra.plugin.core.condition.ExecutionOutputs, expression: "{{ trigger.outputs.count > 0 }}" }
            """
    )
    static let needsExecution = true

    @Property("The expression; it sees the flow's outputs as `trigger.outputs`.") var expression: Unrendered

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        guard let outputs = context.execution?.outputs, !outputs.isEmpty else { return false }
        var trigger = context.scope.variables.variable("trigger")?.map ?? [:]
        trigger["outputs"] = .map(outputs)
        var scope = context.scope
        scope.variables = LayeredVariables(["trigger": .map(trigger)] as ValueMap, over: scope.variables)
        do throws(ExpressionError) {
            return try Renderer.text(expression.value.plain(), in: scope).isTrueText
        } catch {
            throw TaskFailure(error)
        }
    }
}
