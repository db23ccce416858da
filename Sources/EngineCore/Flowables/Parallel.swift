import FlowModel
import TaskKit

/// Source: engine spec §4.3.
struct Parallel: Flowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.Parallel",
        aliases: ["io.kestra.core.tasks.flows.Parallel"],
        title: "Run tasks at the same time.",
        details: "When one fails, no further one is started.",
        example: """
            id: both
            type: io.kestra.plugin.core.flow.Parallel
            tasks:
              - { id: left, type: io.kestra.plugin.core.log.Log, message: left }
              - { id: right, type: io.kestra.plugin.core.log.Log, message: right }
            """
    )
    static let lists = [TaskListAbout("tasks", "The tasks.", isRequired: true), .errors, .finally]

    @Property("How many of the tasks run at once; 0 for all.")
    var concurrent: Int = 0

    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart {
        .children(Plan(shape: .spread, tasks: site.list("tasks"), limit: try limit(concurrent, "concurrent")))
    }
}

/// - Throws: for a negative number.
func limit(_ number: Int, _ property: String) throws(TaskFailure) -> Int {
    if number >= 0 { return number }
    throw .property(property, "is \(number)", fix: "use 0 for no limit, or a greater number")
}
