import FlowModel
import TaskKit

/// Puts stored files together. Source: engine spec §6.5.
struct ConcatFiles: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.Concat",
        aliases: ["io.kestra.core.tasks.storages.Concat"],
        title: "Put stored files together into one.",
        example: """
            id: all
            type: io.kestra.plugin.core.storage.Concat
            files:
              - "{{ outputs.first.uri }}"
              - "{{ outputs.second.uri }}"
            separator: "\\n"
            """
    )

    @Property("The files' URIs: a list, or a text with a JSON list.")
    var files: Value

    @Property("A text to write after each file.")
    var separator: String?

    @Property("What the new file's name ends with.")
    var `extension` = ".tmp"

    func run(_ context: RunContext) async throws(TaskFailure) -> FileOutput {
        let uris = files.commandTexts
        let separator = separator
        return try await TemporaryFile.with(context) { target throws(TaskFailure) in
            try await attempting { try LocalFile(target, for: .making).write([]) }
            for uri in uris {
                try await TemporaryFile.with(context) { source throws(TaskFailure) in
                    try await attempting {
                        try await context.services.files.copy(uri, to: source)
                        try await BlockingThreads.shared.run(throwing: { () throws -> Void in
                            let from = try LocalFile(source, for: .reading)
                            let to = try LocalFile(target, for: .appending)
                            while true {
                                let bytes = try from.read()
                                if bytes.isEmpty { break }
                                try to.write(bytes)
                            }
                            if let separator { try to.write(separator.utf8) }
                        })
                    }
                }
            }
            let name = context.freshFileName(FileNames.uriPath(`extension`.replacing("/", with: "")))
            return FileOutput(
                uri: try await attempting {
                    try await context.services.files.store(file: target, at: context.filePrefix + name)
                })
        }
    }
}
