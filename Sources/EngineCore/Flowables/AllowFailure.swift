import FlowModel
import TaskKit

/// Source: engine spec §4.2.
struct AllowFailure: Flowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.AllowFailure",
        aliases: ["io.kestra.core.tasks.flows.AllowFailure"],
        title: "Run tasks one after the other and go on even if one of them fails.",
        details: "When a task fails, the rest of these tasks is left out, `errors` run, and this task ends WARNING.",
        example: """
            id: optional
            type: io.kestra.plugin.core.flow.AllowFailure
            tasks:
              - { id: fragile, type: io.kestra.plugin.core.execution.Fail }
            """
    )
    static let lists = [TaskListAbout("tasks", "The tasks, in their order.", isRequired: true), .errors, .finally]

    func start(_ site: FlowableSite) -> FlowableStart { .children(.sequence(site.list("tasks"))) }

    static func folded(_ state: State) -> State { state == .failed ? .warning : state }
}
