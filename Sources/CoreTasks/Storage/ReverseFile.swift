import FlowModel
import TaskKit

/// Turns a file's records round. Source: engine spec §6.5.
struct ReverseFile: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.Reverse",
        aliases: ["io.kestra.core.tasks.storages.Reverse"],
        title: "Write a stored file's lines in reverse order.",
        example: "{ id: newest_first, type: io.kestra.plugin.core.storage.Reverse, from: \"{{ outputs.log.uri }}\" }"
    )

    @Property("The file's URI.")
    var from: String

    @Property("What ends a record.")
    var separator = "\n"

    @Property("The file's character set; the bytes of a record stay as they are.")
    var charset = "UTF-8"

    func run(_ context: RunContext) async throws(TaskFailure) -> FileOutput {
        let separator = separator.isEmpty ? "\n" : separator
        let (uri, _) = try await context.transforming(from) { source, target in
            var reader = try RecordReader(source, separator: separator)
            var records: [[UInt8]] = []
            while let record = try reader.next() { records.append(record) }
            let file = try LocalFile(target, for: .writing)
            var pending: [UInt8] = []
            for record in records.reversed() {
                pending += record
                pending += separator.utf8
                if pending.count >= 256 * 1024 {
                    try file.write(pending)
                    pending.removeAll(keepingCapacity: true)
                }
            }
            try file.write(pending)
        }
        return FileOutput(uri: uri)
    }
}
