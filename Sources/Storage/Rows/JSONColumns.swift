import FlowModel
import OrderedCollections

/// How maps, labels and triggers stand in text columns.
enum Column {
    static func value(_ bytes: UnsafeBufferPointer<UInt8>) throws(StorageError) -> Value {
        do { return try JSON.parse(bytes) } catch {
            throw StorageError(.corrupt, "a stored JSON text is not readable: \(error)")
        }
    }

    static func map(_ bytes: UnsafeBufferPointer<UInt8>) throws(StorageError) -> ValueMap {
        if bytes.count == 2 { return [:] }
        guard let map = try value(bytes).map else { throw StorageError(.corrupt, "a stored JSON text is no map") }
        return map
    }

    /// `["key","value","key","value"]`: keys may repeat.
    static func labels(_ bytes: UnsafeBufferPointer<UInt8>) throws(StorageError) -> [Label] {
        guard let texts = try value(bytes).list, texts.count.isMultiple(of: 2) else {
            throw StorageError(.corrupt, "stored labels are not readable")
        }
        return stride(from: 0, to: texts.count, by: 2).map {
            Label(key: texts[$0].string ?? "", value: texts[$0 + 1].string ?? "")
        }
    }

    static func json(_ labels: some Collection<Label>) -> [UInt8]? {
        if labels.isEmpty { return nil }
        return Value.list(labels.flatMap { [.string($0.key), .string($0.value)] }).json()
    }

    static func json(_ map: ValueMap?) -> [UInt8]? {
        guard let map else { return nil }
        return map.isEmpty ? Array("{}".utf8) : Value.map(map).json()
    }

    static func json(_ trigger: ExecutionTrigger?) -> [UInt8]? {
        guard let trigger else { return nil }
        var map: ValueMap = ["id": .string(trigger.id), "type": .string(trigger.type)]
        if !trigger.variables.isEmpty { map["variables"] = .map(trigger.variables) }
        if let file = trigger.logFile { map["logFile"] = .string(file) }
        return Value.map(map).json()
    }

    static func trigger(_ bytes: UnsafeBufferPointer<UInt8>) throws(StorageError) -> ExecutionTrigger {
        let map = try map(bytes)
        return ExecutionTrigger(
            id: map["id"]?.string ?? "", type: map["type"]?.string ?? "", variables: map["variables"]?.map ?? [:],
            logFile: map["logFile"]?.string)
    }

    static func json(_ backfill: Backfill?) -> [UInt8]? {
        guard let backfill else { return nil }
        var map: ValueMap = [
            "start": .int(backfill.start.milliseconds), "end": .int(backfill.end.milliseconds),
            "currentDate": .int(backfill.currentDate.milliseconds), "paused": .bool(backfill.paused),
            "inputs": .map(backfill.inputs),
            "labels": .list(backfill.labels.flatMap { [.string($0.key), .string($0.value)] }),
        ]
        if let date = backfill.previousNextExecutionDate { map["previousNextExecutionDate"] = .int(date.milliseconds) }
        return Value.map(map).json()
    }

    static func backfill(_ bytes: UnsafeBufferPointer<UInt8>) throws(StorageError) -> Backfill {
        let map = try map(bytes)
        func date(_ key: String) -> Timestamp? { map[key]?.int.map { Timestamp(milliseconds: $0) } }
        guard let start = date("start"), let end = date("end"), let current = date("currentDate") else {
            throw StorageError(.corrupt, "a stored backfill is not readable")
        }
        let texts = map["labels"]?.list ?? []
        return Backfill(
            start: start, end: end, currentDate: current, paused: map["paused"]?.bool ?? false,
            inputs: map["inputs"]?.map ?? [:],
            labels: stride(from: 0, to: texts.count - 1, by: 2).map {
                Label(key: texts[$0].string ?? "", value: texts[$0 + 1].string ?? "")
            },
            previousNextExecutionDate: date("previousNextExecutionDate"))
    }
}
