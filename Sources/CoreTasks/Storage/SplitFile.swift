import FlowModel
import TaskKit

/// Cuts a file into several. Source: engine spec §4.14, §6.5; since-0.20 §3.
struct SplitFile: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.Split",
        aliases: ["io.kestra.core.tasks.storages.Split"],
        title: "Cut a stored file into several.",
        details: "Say one of `rows`, `partitions`, `bytes` and `regexPattern`.",
        example:
            "{ id: parts, type: io.kestra.plugin.core.storage.Split, from: \"{{ outputs.data.uri }}\", rows: 1000 }"
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("uris", "The new files.", .list(.uri))]
        var uris: [String]
        var values: ValueMap { ["uris": .list(uris.map(Value.string))] }
    }

    @Property("The file's URI.")
    var from: String

    @Property("A new file begins when the one before has this many bytes, such as 1MB; records stay whole.")
    var bytes: String?

    @Property("The number of new files; records go to them in turn.")
    var partitions: Int?

    @Property("The number of records of each new file.")
    var rows: Int?

    @Property("What ends a record.")
    var separator = "\n"

    @Property("A regular expression: records go by the text of its first group, others are dropped.")
    var regexPattern: String?

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let rule = try SplitRule(bytes: bytes, partitions: partitions, rows: rows, pattern: regexPattern)
        let separator = separator.isEmpty ? "\n" : separator
        let folder = try WorkingDirectory.make(
            named: "\(context.identity.taskRunID)-split", in: context.services.settings.temporaryFolder)
        let outcome: Result<[String], TaskFailure>
        do throws(TaskFailure) {
            let source = "\(folder.path)/source"
            try await attempting { try await context.services.files.copy(from, to: source) }
            let parts = try await attempting {
                try await BlockingThreads.shared.run(throwing: { () throws -> Int in
                    try rule.split(source, separator: separator, to: folder.path)
                })
            }
            var uris: [String] = []
            let ending = FileNames.fileExtension(of: from)
            let fileExtension = ending.isEmpty ? ".tmp" : ending
            for part in 0..<parts {
                let name = context.freshFileName("-\(part)\(fileExtension)")
                uris.append(
                    try await attempting {
                        try await context.services.files.store(
                            file: SplitRule.path(part, in: folder.path), at: context.filePrefix + name)
                    })
            }
            outcome = .success(uris)
        } catch {
            outcome = .failure(error)
        }
        await folder.removeElsewhere()
        return Outputs(uris: try outcome.get())
    }
}
