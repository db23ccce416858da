import FlowModel
import Storage
import TaskKit

/// The key-value store as tasks use it. Source: engine spec §6.3.
struct StoreKeyValues: KeyValueStore {
    let store: any Store
    let clock: any FlowClock

    func value(of key: String, in namespace: String) async throws -> Value? {
        switch try await store.kv(namespace: namespace, key: key, at: clock.now) {
        case .found(let entry): return entry.value
        case .missing: return nil
        case .expired: throw TaskFailure("The requested value has expired")
        }
    }

    func set(
        _ key: String, in namespace: String, to value: Value, expiresAt: Timestamp?, overwrite: Bool,
        description: String?
    ) async throws -> Bool {
        let entry = KVEntry(
            namespace: namespace, key: key, kind: KVEntry.Kind(of: value), value: value, description: description,
            at: clock.now, expires: expiresAt)
        do throws(StorageError) {
            try await store.commit([overwrite ? .setKV(entry) : .addKV(entry)])
            return true
        } catch {
            if error.kind == .conflict && !overwrite { return false }
            throw error
        }
    }

    func keys(in namespace: String, prefix: String) async throws -> [String] {
        try await store.kvEntries(.exactly(namespace), prefix: prefix, at: clock.now).map(\.key)
    }

    func delete(_ key: String, in namespace: String) async throws -> Bool {
        try await !store.deleteKV(namespace: namespace, keys: [key], at: clock.now).isEmpty
    }
}

extension KVEntry.Kind {
    /// What reading the value back will say it is. A text that is an ISO duration counts as one.
    public init(of value: Value) {
        switch value {
        case .string(let text):
            self = text.hasPrefix("P") && (try? ISODuration(text)) != nil ? .duration : .string
        case .int, .float, .double, .decimal: self = .number
        case .bool: self = .boolean
        case .moment(.localDate): self = .date
        case .moment: self = .datetime
        case .duration: self = .duration
        case .null, .list, .map: self = .json
        }
    }
}
