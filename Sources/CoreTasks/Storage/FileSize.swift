import FlowModel
import TaskKit

/// Tells a file's size. Source: engine spec §6.5.
struct FileSize: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.Size",
        aliases: ["io.kestra.core.tasks.storages.Size"],
        title: "Tell the size of a stored file.",
        example: "{ id: size, type: io.kestra.plugin.core.storage.Size, uri: \"{{ outputs.data.uri }}\" }"
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("size", "The number of bytes.", .integer)]
        var size: Int64
        var values: ValueMap { ["size": .int(size)] }
    }

    @Property("The file's URI.")
    var uri: String

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        Outputs(size: try await attempting { try await context.services.files.size(of: uri) })
    }
}
