import FlowModel
import TaskKit

/// Waits, then succeeds. The wait is on the run's own clock, so a test never really waits.
struct Sleep: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.Sleep",
        title: "Wait before the next task starts.",
        details: "A wait of hours is better a Pause with a `pauseDuration`, which outlives a restart of the server.",
        example: "{ id: pause, type: io.kestra.plugin.core.flow.Sleep, duration: PT5S }"
    )

    @Property("How long to wait: an ISO 8601 duration such as PT5S.")
    var duration: ISODuration

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        if duration > .zero { try await context.sleep(for: duration) }
        return NoOutput()
    }
}
