import FlowModel
import TaskKit

/// Deletes a key. Source: engine spec §6.3.
struct DeleteKey: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.kv.Delete",
        title: "Delete a key from a namespace's key-value store.",
        example: "{ id: forget, type: io.kestra.plugin.core.kv.Delete, key: last_run }"
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("deleted", "Whether the key was there.", .boolean)]
        var deleted: Bool
        var values: ValueMap { ["deleted": .bool(deleted)] }
    }

    @Property("The key.")
    var key: String

    @Property("The namespace; the flow's own unless said otherwise.")
    var namespace: String?

    @Property("Whether a missing key is an error.")
    var errorOnMissing = false

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        try KeyRules.check(key)
        let namespace = try await context.keyNamespace(namespace)
        let deleted = try await attempting { try await context.services.keyValues.delete(key, in: namespace) }
        if !deleted, errorOnMissing { throw KeyRules.missing(key, in: namespace) }
        return Outputs(deleted: deleted)
    }
}
