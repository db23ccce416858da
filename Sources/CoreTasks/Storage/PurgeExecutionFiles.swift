import FlowModel
import TaskKit

/// Deletes the files of the current execution. Source: engine spec §6.5.
struct PurgeExecutionFiles: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles",
        aliases: ["io.kestra.core.tasks.storages.PurgeExecution", "io.kestra.plugin.core.storage.PurgeExecution"],
        title: "Delete all stored files of the current execution.",
        example: "{ id: clean_up, type: io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles }"
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("uris", "The deleted files.", .list(.uri))]
        var uris: [String]
        var values: ValueMap { ["uris": .list(uris.map(Value.string))] }
    }

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        guard let listing = context.services.files as? any FileListing else {
            throw TaskFailure("The internal storage of this server cannot list files")
        }
        let identity = context.identity
        let prefix =
            StoragePath.execution(identity.executionID, of: identity.flow) + "/"
        return Outputs(
            uris: try await attempting {
                var deleted: [String] = []
                for uri in try await listing.list(under: prefix) where try await context.services.files.delete(uri) {
                    deleted.append(uri)
                }
                return deleted
            })
    }
}
