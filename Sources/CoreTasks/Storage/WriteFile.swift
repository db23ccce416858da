import FlowModel
import TaskKit

/// Stores a text as a file. Source: since-0.20 §3.
struct WriteFile: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.Write",
        title: "Store a text as a file.",
        example: """
            id: list
            type: io.kestra.plugin.core.storage.Write
            content: "a,b\\n1,2\\n"
            extension: .csv
            """
    )

    @Property("The text.")
    var content: String

    @Property("What the file's name ends with, with or without the dot.")
    var `extension`: String?

    func run(_ context: RunContext) async throws(TaskFailure) -> FileOutput {
        let ending = `extension`.map { $0.isEmpty || $0.hasPrefix(".") ? $0 : ".\($0)" } ?? ""
        let name = context.freshFileName(FileNames.uriPath(ending.replacing("/", with: "")))
        return FileOutput(
            uri: try await attempting {
                try await context.services.files.store(Array(content.utf8), at: context.filePrefix + name)
            })
    }
}

/// The output of tasks that make one file.
struct FileOutput: TaskOutputs {
    static let about = [OutputAbout("uri", "The stored file.", .uri)]
    var uri: String
    var values: ValueMap { ["uri": .string(uri)] }
}
