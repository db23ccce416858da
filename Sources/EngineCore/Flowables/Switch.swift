import FlowModel
import TaskKit

/// Source: engine spec §4.5.
struct Switch: Flowable, CheckedTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.Switch",
        aliases: ["io.kestra.core.tasks.flows.Switch"],
        title: "Run the tasks of the case that a value names.",
        details: "Without a matching case `defaults` run; without these the task fails.",
        example: """
            id: by_kind
            type: io.kestra.plugin.core.flow.Switch
            value: "{{ inputs.kind }}"
            cases:
              full:
                - { id: everything, type: io.kestra.plugin.core.log.Log, message: everything }
            defaults:
              - { id: changes, type: io.kestra.plugin.core.log.Log, message: changes }
            """
    )
    static let lists = [
        TaskListAbout("cases", "The tasks of each value.", shape: .map),
        TaskListAbout("defaults", "The tasks when no case matches."), .errors, .finally,
    ]
    static func mistakes(in task: FlowTask) -> [String] {
        let isEmpty = task.lists.allSatisfy { list in
            list.name != "defaults" && !list.name.hasPrefix("cases.") || list.tasks.isEmpty
        }
        return isEmpty ? ["No task defined, neither cases or default have any tasks"] : []
    }

    static let outputs = [
        OutputAbout("value", "The rendered value.", .string),
        OutputAbout("defaults", "Whether no case matched.", .boolean),
    ]

    @Property("What is compared with the names of the cases.")
    var value: Unrendered

    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart {
        let text: String
        if let kept = site.kept?["value"]?.string { text = kept } else { text = try site.text(value) }
        let match = site.task.list("cases.\(text)")
        let outputs: ValueMap = ["value": .string(text), "defaults": .bool(match == nil)]
        if let tasks = match?.tasks ?? site.task.list("defaults")?.tasks {
            return .children(.sequence(tasks), outputs: outputs)
        }
        return .unknown("No case matches `\(text)`, and there are no `defaults`.", outputs: outputs)
    }
}
