import FlowModel
import Synchronization
import TaskKit

/// A key-value store in memory.
public final class MemoryKeyValues: KeyValueStore {
    public struct Entry: Sendable {
        public var value: Value
        public var expiresAt: Timestamp?
        public var description: String?
    }

    public struct Expired: Error, CustomStringConvertible {
        public var description: String { "The requested value has expired" }
    }

    private let clock: any FlowClock
    private let entries = Mutex<[String: [String: Entry]]>([:])

    public init(clock: any FlowClock) { self.clock = clock }

    /// What is stored under a key, expired or not.
    public func entry(_ key: String, in namespace: String) -> Entry? { entries.withLock { $0[namespace]?[key] } }

    public func value(of key: String, in namespace: String) async throws -> Value? {
        guard let entry = entry(key, in: namespace) else { return nil }
        if isOver(entry) { throw Expired() }
        return entry.value
    }

    public func set(
        _ key: String, in namespace: String, to value: Value, expiresAt: Timestamp?, overwrite: Bool,
        description: String?
    ) async throws -> Bool {
        entries.withLock { entries in
            if !overwrite, let old = entries[namespace]?[key], !isOver(old) { return false }
            entries[namespace, default: [:]][key] = Entry(value: value, expiresAt: expiresAt, description: description)
            return true
        }
    }

    public func keys(in namespace: String, prefix: String) async throws -> [String] {
        entries.withLock { entries in
            (entries[namespace] ?? [:]).filter { $0.key.hasPrefix(prefix) && !isOver($0.value) }.keys.sorted()
        }
    }

    public func delete(_ key: String, in namespace: String) async throws -> Bool {
        entries.withLock { $0[namespace]?.removeValue(forKey: key) } != nil
    }

    private func isOver(_ entry: Entry) -> Bool { entry.expiresAt.map { $0 <= clock.now } ?? false }
}
