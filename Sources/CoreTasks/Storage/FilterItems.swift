import Expressions
import FlowModel
import TaskKit

/// Keeps the records of a file that meet a condition. Source: engine spec §6.5.
struct FilterItems: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.storage.FilterItems",
        aliases: ["io.kestra.core.tasks.storages.FilterItems"],
        title: "Keep or drop the records of a file by a condition.",
        details: "The file holds a JSON object a line; its members are variables of the condition.",
        example: """
            id: adults
            type: io.kestra.plugin.core.storage.FilterItems
            from: "{{ outputs.people.uri }}"
            filterCondition: "{{ age >= 18 }}"
            """
    )

    struct Outputs: TaskOutputs {
        static let about = [
            OutputAbout("uri", "The records that were kept.", .uri),
            OutputAbout("processedItemsTotal", "The number of records looked at.", .integer),
            OutputAbout("droppedItemsTotal", "The number of records dropped.", .integer),
        ]
        var uri: String
        var counts: Counts
        var values: ValueMap {
            [
                "uri": .string(uri), "processedItemsTotal": .int(Int64(counts.processed)),
                "droppedItemsTotal": .int(Int64(counts.dropped)),
            ]
        }
    }

    struct Counts: Sendable { var processed = 0, dropped = 0 }

    enum Kind: String, PropertyChoice { case include = "INCLUDE", exclude = "EXCLUDE" }
    enum Failing: String, PropertyChoice { case fail = "FAIL", include = "INCLUDE", exclude = "EXCLUDE" }

    @Property("The file's URI.")
    var from: String

    @Property("An expression over a record's members.")
    var filterCondition: Unrendered

    @Property("Whether records that meet the condition are kept or dropped.")
    var filterType: Kind = .include

    @Property("What becomes of a record for which the condition fails or gives null.")
    var errorOrNullBehavior: Failing = .fail

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let condition = RecordExpression(filterCondition.value.printed(), in: context.scope)
        let (uri, counts) = try await context.transforming(from) { [filterType, errorOrNullBehavior] source, target in
            var counts = Counts()
            var reader = try RecordReader(source)
            let file = try LocalFile(target, for: .writing)
            while let record = try reader.next() {
                if record.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
                counts.processed += 1
                guard try Self.keeps(record, condition, filterType, errorOrNullBehavior) else {
                    counts.dropped += 1
                    continue
                }
                try file.write(record + [UInt8(ascii: "\n")])
            }
            return counts
        }
        return Outputs(uri: uri, counts: counts)
    }

    private static func keeps(
        _ record: [UInt8], _ condition: RecordExpression, _ kind: Kind, _ failing: Failing
    ) throws -> Bool {
        let text: String?
        do {
            text = try condition.text(for: record)
        } catch {
            if failing == .fail { throw error }
            text = nil
        }
        if let text { return Truth.isTruthyText(text.trimmingBlanks) == (kind == .include) }
        switch failing {
        case .include: return true
        case .exclude: return false
        case .fail:
            throw TaskFailure("The condition gives null for the record \(String(decoding: record, as: UTF8.self))")
        }
    }
}

/// An expression that is rendered for each record of a file, whose members are its variables.
struct RecordExpression: Sendable {
    private let source: String
    private let scope: Scope

    init(_ source: String, in scope: Scope) {
        self.source = source
        self.scope = scope
    }

    /// What the expression prints for a record; nil when it gives null.
    func text(for record: [UInt8]) throws -> String? {
        let template = try Template.cached(source)
        let value = try JSON.parse(record)
        let members = value.map ?? ["value": value]
        let result = try template.value(in: scope.adding(members))
        return result.isNull ? nil : result.printed()
    }
}
