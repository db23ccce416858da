import FlowModel
import TaskKit

/// Executions in certain states.
struct ExecutionStatusCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.ExecutionStatus", aliases: EngineConditions.aliases("ExecutionStatus"),
        title: "True for executions in one of certain states, or in none of certain states.",
        example: "- { type: io.kestra.plugin.core.condition.ExecutionStatus, in: [SUCCESS, WARNING] }"
    )
    static let needsExecution = true

    @Property("The state must be one of these.") var `in`: [State]?
    @Property("The state must be none of these.") var notIn: [State]?

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        guard let state = context.execution?.state.current else { return false }
        return state.fits(in: self.in, notIn: notIn)
    }
}

extension State: PropertyChoice {}

extension State {
    /// Whether it is among some states, if they are given, and not among others.
    func fits(in some: [State]?, notIn others: [State]?) -> Bool {
        (some?.contains(self) ?? true) && !(others?.contains(self) ?? false)
    }
}
