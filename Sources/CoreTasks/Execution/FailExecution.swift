import Expressions
import FlowModel
import TaskKit

/// Fails, always or on a condition. Source: engine spec §6.2.
struct FailExecution: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.execution.Fail",
        aliases: ["io.kestra.core.tasks.executions.Fail"],
        title: "Fail the execution, always or on a condition.",
        example: """
            id: fail_on_empty
            type: io.kestra.plugin.core.execution.Fail
            condition: "{{ outputs.count.value == '0' }}"
            errorMessage: There is nothing to load.
            """
    )

    @Property("Fail only when this renders to something true: anything but `false`, `0`, `-0` and nothing.")
    var condition: String?

    @Property("What the log says.")
    var errorMessage = "Task failure"

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput {
        guard let condition else { throw TaskFailure(errorMessage) }
        guard Truth.isTruthyText(condition) else { return NoOutput() }
        context.log(.error, errorMessage)
        throw TaskFailure("Fail on a condition")
    }
}
