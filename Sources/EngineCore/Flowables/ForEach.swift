import FlowModel
import TaskKit

/// Source: engine spec §4.6, §4.7; since-0.20 §3.
struct ForEach: Flowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.ForEach",
        title: "Run tasks once for each value of a list.",
        details: """
            The tasks of one value run one after the other and see it as `taskrun.value`. Equal values count once. \
            When a task fails, no further value is begun.
            """,
        example: """
            id: each
            type: io.kestra.plugin.core.flow.ForEach
            values: ["a", "b"]
            tasks:
              - { id: hello, type: io.kestra.plugin.core.log.Log, message: "{{ taskrun.value }}" }
            """
    )
    static let lists = [TaskListAbout("tasks", "The tasks for each value.", isRequired: true), .errors, .finally]

    @Property("The values: a list, or an expression that gives a JSON list.")
    var values: Unrendered

    @Property("How many values are worked on at once; 0 for all.")
    var concurrencyLimit: Int = 1

    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart {
        let values = try Iterations.values(values, site)
        return .children(
            Plan(
                shape: .sequence, tasks: site.list("tasks"), values: values,
                limit: try limit(concurrencyLimit, "concurrencyLimit")))
    }
}
