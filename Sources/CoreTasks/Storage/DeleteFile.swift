import FlowModel
import TaskKit

/// Deletes a stored file. Source: engine spec §6.5.
struct DeleteFile: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.Delete",
        aliases: ["io.kestra.core.tasks.storages.Delete"],
        title: "Delete a stored file.",
        example: "{ id: clean_up, type: io.kestra.plugin.core.storage.Delete, uri: \"{{ outputs.data.uri }}\" }"
    )

    struct Outputs: TaskOutputs {
        static let about = [
            OutputAbout("uri", "The file.", .uri), OutputAbout("deleted", "Whether it was there.", .boolean),
        ]
        var uri: String
        var deleted: Bool
        var values: ValueMap { ["uri": .string(uri), "deleted": .bool(deleted)] }
    }

    @Property("The file's URI.")
    var uri: String

    @Property("Whether a missing file is an error.")
    var errorOnMissing = false

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let deleted = try await attempting { try await context.services.files.delete(uri) }
        if !deleted, errorOnMissing { throw TaskFailure("Unable to find file '\(uri)'") }
        return Outputs(uri: uri, deleted: deleted)
    }
}
