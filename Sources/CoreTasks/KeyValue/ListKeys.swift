import FlowModel
import TaskKit

/// Lists keys. Source: engine spec §6.3.
struct ListKeys: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.kv.GetKeys",
        title: "List the keys of a namespace's key-value store.",
        example: "{ id: keys, type: io.kestra.plugin.core.kv.GetKeys, prefix: import_ }"
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("keys", "The keys, expired ones left out.", .list(.string))]
        var keys: [String]
        var values: ValueMap { ["keys": .list(keys.map(Value.string))] }
    }

    @Property("Only keys that begin with this.")
    var prefix: String?

    @Property("The namespace; the flow's own unless said otherwise.")
    var namespace: String?

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let namespace = try await context.keyNamespace(namespace)
        return Outputs(
            keys: try await attempting {
                try await context.services.keyValues.keys(in: namespace, prefix: prefix ?? "")
            })
    }
}
