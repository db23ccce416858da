import FlowModel
import TaskKit

/// Writes to the execution's log. Source: engine spec §6.1.
struct WriteLog: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.log.Log",
        aliases: ["io.kestra.core.tasks.log.Log", "io.kestra.core.tasks.debugs.Log"],
        title: "Write one or more messages to the execution's log.",
        example: """
            id: hello
            type: io.kestra.plugin.core.log.Log
            message: "Run {{ execution.id }} of {{ flow.id }}"
            level: INFO
            """
    )

    @Property("What to log: a text, or a list of texts, which become one log entry each.")
    var message: OneOrMany

    @Property("How much the entries matter.")
    var level: LogLevel = .info

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput {
        for text in message.texts { context.log(level, text) }
        return NoOutput()
    }
}
