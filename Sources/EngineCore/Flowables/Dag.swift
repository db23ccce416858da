import FlowModel
import TaskKit

/// Source: engine spec §4.8.
struct Dag: Flowable, CheckedTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.Dag",
        aliases: ["io.kestra.core.tasks.flows.Dag"],
        title: "Run tasks as soon as those have ended on which they depend.",
        example: """
            id: graph
            type: io.kestra.plugin.core.flow.Dag
            tasks:
              - task: { id: load, type: io.kestra.plugin.core.log.Log, message: load }
              - task: { id: check, type: io.kestra.plugin.core.log.Log, message: check }
                dependsOn: [load]
            """
    )
    static let lists = [
        TaskListAbout("tasks", "Each `task` with the ids on which it depends.", shape: .graph, isRequired: true),
        .errors,
        .finally,
    ]

    static func mistakes(in task: FlowTask) -> [String] {
        let ids = (task.tasks("tasks") ?? []).map(\.id)
        var dependencies: [String: [String]] = [:]
        for (id, names) in task.properties["dependsOn"]?.map ?? [:] {
            dependencies[id] = names.list?.compactMap(\.string) ?? [names.printed()]
        }
        let unknown = ids.flatMap { dependencies[$0] ?? [] }.filter { !ids.contains($0) }
        if let first = unknown.first { return ["Not existing task id in dependency: \(first)"] }
        let cyclic = ids.filter { id in
            // On a cycle when it is reached again from what it depends on.
            var open = dependencies[id] ?? []
            var seen: Set<String> = []
            while let next = open.popLast() {
                if next == id { return true }
                if seen.insert(next).inserted { open += dependencies[next] ?? [] }
            }
            return false
        }
        return cyclic.isEmpty ? [] : ["Cyclic dependency detected: \(cyclic.joined(separator: ", "))"]
    }

    @Property("How many tasks run at once; 0 for all that are ready.")
    var concurrent: Int = 0

    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart {
        let tasks = site.list("tasks")
        let all = site.task.task.tasks("tasks") ?? []
        // The list holds the enabled tasks in the order in which they stand in the flow.
        let enabled = all.filter { !$0.disabled }.map(\.id)
        var dependencies: [[Int]] = []
        for id in enabled {
            var positions: [Int] = []
            for name in names(site.task.task.properties["dependsOn"]?[id]) {
                if let position = enabled.firstIndex(of: name) {
                    positions.append(position)
                } else if !all.contains(where: { $0.id == name }) {
                    throw TaskFailure("Not existing task id in dependency: \(name)")
                }
            }
            dependencies.append(positions)
        }
        try refuseCycle(dependencies, enabled)
        return .children(
            Plan(
                shape: .spread, tasks: tasks, limit: try limit(concurrent, "concurrent"), dependencies: dependencies))
    }

    private func names(_ value: Value?) -> [String] {
        value?.list?.compactMap(\.string) ?? value?.string.map { [$0] } ?? []
    }

    private func refuseCycle(_ dependencies: [[Int]], _ ids: [String]) throws(TaskFailure) {
        var open = Set(dependencies.indices)
        while let free = open.first(where: { place in dependencies[place].allSatisfy { !open.contains($0) } }) {
            open.remove(free)
        }
        if open.isEmpty { return }
        throw TaskFailure("Cyclic dependency detected: \(open.sorted().map { ids[$0] }.joined(separator: ", "))")
    }
}
