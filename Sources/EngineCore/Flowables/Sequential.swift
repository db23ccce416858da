import FlowModel
import TaskKit

/// Source: engine spec §4.2.
struct Sequential: Flowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.Sequential",
        aliases: ["io.kestra.core.tasks.flows.Sequential"],
        title: "Run tasks one after the other.",
        example: """
            id: steps
            type: io.kestra.plugin.core.flow.Sequential
            tasks:
              - { id: first, type: io.kestra.plugin.core.log.Log, message: one }
              - { id: second, type: io.kestra.plugin.core.log.Log, message: two }
            """
    )
    static let lists = [TaskListAbout("tasks", "The tasks, in their order."), .errors, .finally]

    func start(_ site: FlowableSite) -> FlowableStart { .children(.sequence(site.list("tasks"))) }
}
