import FlowModel
import TaskKit

/// Gives a rendered text to the tasks that follow. Source: engine spec §6.1.
struct ReturnValue: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.debug.Return",
        aliases: ["io.kestra.core.tasks.debugs.Return"],
        title: "Return a rendered text as output.",
        details: "Made for looking at expressions: whatever `format` renders to is in `outputs.<task id>.value`.",
        example: """
            id: name
            type: io.kestra.plugin.core.debug.Return
            format: "{{ flow.namespace }}.{{ flow.id }}"
            """
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("value", "The rendered text; null when there is no `format`.", .string)]
        var value: String?
        var values: ValueMap { ["value": value.map(Value.string) ?? .null] }
    }

    @Property("The text to render.")
    var format: String?

    func run(_ context: inout InstantContext) throws(TaskFailure) -> Outputs { Outputs(value: format) }
}
