import FlowModel
import TaskKit

/// Source: engine spec §4.6, §4.7.
struct EachSequential: Flowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.EachSequential",
        aliases: ["io.kestra.core.tasks.flows.EachSequential"],
        title: "Run tasks for each value of a list, one value after the other.",
        example: """
            id: each
            type: io.kestra.plugin.core.flow.EachSequential
            value: ["a", "b"]
            tasks:
              - { id: hello, type: io.kestra.plugin.core.log.Log, message: "{{ taskrun.value }}" }
            """,
        isDeprecated: true
    )
    static let lists = [TaskListAbout("tasks", "The tasks for each value.", isRequired: true), .errors, .finally]

    @Property("The values: a list, or an expression that gives a JSON list.")
    var value: Unrendered

    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart {
        let values = try Iterations.values(value, site)
        return .children(Plan(shape: .sequence, tasks: site.list("tasks"), values: values, limit: 1))
    }
}
