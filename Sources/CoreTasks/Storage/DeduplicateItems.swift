import FlowModel
import TaskKit

/// Keeps the last record of each key. Source: engine spec §6.5.
struct DeduplicateItems: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.DeduplicateItems",
        aliases: ["io.kestra.core.tasks.storages.DeduplicateItems"],
        title: "Keep of all records with one key the last one.",
        details: "The file holds a JSON object a line; its members are variables of the expression.",
        example: """
            id: latest
            type: io.kestra.plugin.core.storage.DeduplicateItems
            from: "{{ outputs.changes.uri }}"
            expr: "{{ id }}"
            """
    )

    struct Outputs: TaskOutputs {
        static let about = [
            OutputAbout("uri", "The records that were kept.", .uri),
            OutputAbout("numKeys", "The number of keys.", .integer),
            OutputAbout("processedItemsTotal", "The number of records looked at.", .integer),
            OutputAbout("droppedItemsTotal", "The number of records dropped.", .integer),
        ]
        var uri: String
        var keys: Int
        var processed: Int
        var values: ValueMap {
            [
                "uri": .string(uri), "numKeys": .int(Int64(keys)), "processedItemsTotal": .int(Int64(processed)),
                "droppedItemsTotal": .int(Int64(processed - keys)),
            ]
        }
    }

    @Property("The file's URI.")
    var from: String

    @Property("An expression over a record's members that gives its key.")
    var expr: Unrendered

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let expression = RecordExpression(expr.value.printed(), in: context.scope)
        let (uri, counts) = try await context.transforming(from) { source, target in
            var lastOfKey: [String: Int] = [:]
            var count = 0
            var reader = try RecordReader(source)
            while let record = try reader.next() {
                guard let key = try expression.text(for: record) else {
                    throw TaskFailure("The key of the record \(String(decoding: record, as: UTF8.self)) is null")
                }
                lastOfKey[key] = count
                count += 1
            }
            let kept = Set(lastOfKey.values)
            reader = try RecordReader(source)
            let file = try LocalFile(target, for: .writing)
            var number = 0
            while let record = try reader.next() {
                if kept.contains(number) { try file.write(record + [UInt8(ascii: "\n")]) }
                number += 1
            }
            return (keys: lastOfKey.count, processed: count)
        }
        return Outputs(uri: uri, keys: counts.keys, processed: counts.processed)
    }
}
