import Storage
import TaskKit

/// Marks of task types, kept in the store.
struct StoreMarks: MarkStore {
    let store: any Store

    func mark(_ key: String) async throws -> [UInt8]? { try await store.mark(space: "tasks", key: key) }

    func setMark(_ key: String, to bytes: [UInt8]) async throws {
        try await store.commit([.mark(space: "tasks", key: key, value: bytes)])
    }
}
