import FlowModel
import TaskKit

/// Writes files to a shared working directory, or keeps files of it; of old. Source: engine spec §6.5.
struct LocalFilesTask: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.LocalFiles",
        aliases: ["io.kestra.core.tasks.storages.LocalFiles"],
        title: "Write files to the working directory, or keep files of it.",
        details: "Deprecated: `inputFiles` and `outputFiles` do the same.",
        example: """
            id: files
            type: io.kestra.plugin.core.storage.LocalFiles
            inputs:
              hello.txt: "Hello {{ flow.id }}"
            """,
        isDeprecated: true
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("uris", "The kept files: their URIs by relative path.", .map(.uri))]
        var uris: ValueMap
        var values: ValueMap { ["uris": .map(uris)] }
    }

    @Property("Files to write: contents, or URIs of stored files, by relative path. None may be there already.")
    var inputs: Value?

    @Property("Patterns of the files to keep.")
    var outputs: OneOrMany?

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let folder = try WorkingDirectory.forRun(context)
        let outcome: Result<Outputs, TaskFailure>
        do throws(TaskFailure) {
            outcome = .success(try await run(context, in: folder))
        } catch {
            outcome = .failure(error)
        }
        if WorkingDirectory.shared == nil { await folder.removeElsewhere() }
        return try outcome.get()
    }

    private func run(_ context: RunContext, in folder: WorkingDirectory) async throws(TaskFailure) -> Outputs {
        if let inputs {
            for name in inputs.mapOrJSON?.keys ?? [] {
                guard !FileTree.exists(try folder.path(of: name)) else {
                    throw TaskFailure("File '\(name)' already exists in the working directory")
                }
            }
            try await InputFiles(files: inputs).write(to: folder, for: context)
        }
        var uris: ValueMap = [:]
        if let patterns = outputs?.texts {
            for name in try folder.files(matching: patterns) {
                let uri = try await attempting {
                    try await context.services.files.store(
                        file: "\(folder.path)/\(name)", at: context.filePrefix + FileNames.uriPath(name))
                }
                uris[name] = .string(uri)
            }
        }
        return Outputs(uris: uris)
    }
}
