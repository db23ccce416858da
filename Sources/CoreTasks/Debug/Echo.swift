import FlowModel
import TaskKit

/// Logs a text; of old. Source: engine spec §6.1.
struct Echo: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.debug.Echo",
        aliases: ["io.kestra.core.tasks.debugs.Echo"],
        title: "Log a rendered text.",
        details: "Deprecated: `io.kestra.plugin.core.log.Log` does the same.",
        example: "{ id: hello, type: io.kestra.plugin.core.debug.Echo, format: Hello }",
        isDeprecated: true
    )

    @Property("The text to log.")
    var format: String

    @Property("How much the entry matters.")
    var level: LogLevel = .info

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput {
        context.log(level, format)
        return NoOutput()
    }
}
