import Glibc
import TaskKit

/// A local file that lives as long as it is used.
enum TemporaryFile {
    /// Gives `work` a path within the server's temporary folder where it may write; whatever is there afterwards is removed.
    static func with<Result>(
        _ context: RunContext, _ work: (String) async throws(TaskFailure) -> Result
    ) async throws(TaskFailure) -> Result {
        let folder = context.services.settings.temporaryFolder
        guard FileTree.makeFolder(folder) else { throw TaskFailure("Cannot make the folder \(folder)") }
        let path = "\(folder)/\(context.identity.taskRunID)-\(context.freshFileName(".tmp"))"
        defer { unlink(path) }
        return try await work(path)
    }
}
