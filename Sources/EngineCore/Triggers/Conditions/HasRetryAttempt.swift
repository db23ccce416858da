import FlowModel
import TaskKit

/// Executions in which something was tried again.
struct HasRetryAttemptCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.HasRetryAttempt", aliases: EngineConditions.aliases("HasRetryAttempt"),
        title: "True for executions in which an attempt that was not the last of its task run ended in certain states.",
        example: "- { type: io.kestra.plugin.core.condition.HasRetryAttempt, in: [FAILED] }"
    )
    static let needsExecution = true

    @Property("The attempt's state must be one of these.") var `in`: [State]?
    @Property("The attempt's state must be none of these.") var notIn: [State]?

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        context.taskRuns.contains { run in
            run.attempts.dropLast().contains { $0.state.current.fits(in: self.in, notIn: notIn) }
        }
    }
}
