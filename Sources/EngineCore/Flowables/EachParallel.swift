import FlowModel
import TaskKit

/// Source: engine spec §4.3, §4.6.
struct EachParallel: Flowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.EachParallel",
        aliases: ["io.kestra.core.tasks.flows.EachParallel"],
        title: "Run tasks for each value of a list, all at the same time.",
        example: """
            id: each
            type: io.kestra.plugin.core.flow.EachParallel
            value: ["a", "b"]
            tasks:
              - { id: hello, type: io.kestra.plugin.core.log.Log, message: "{{ taskrun.value }}" }
            """,
        isDeprecated: true
    )
    static let lists = [TaskListAbout("tasks", "The tasks for each value.", isRequired: true), .errors, .finally]

    @Property("The values: a list, or an expression that gives a JSON list.")
    var value: Unrendered

    @Property("How many tasks run at once; 0 for all.")
    var concurrent: Int = 0

    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart {
        let values = try Iterations.values(value, site)
        return .children(
            Plan(shape: .spread, tasks: site.list("tasks"), values: values, limit: try limit(concurrent, "concurrent")))
    }
}
