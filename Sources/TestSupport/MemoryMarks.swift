import Synchronization
import TaskKit

/// Marks in memory.
public final class MemoryMarks: MarkStore {
    private let marks = Mutex<[String: [UInt8]]>([:])

    public init() {}

    public func mark(_ key: String) async throws -> [UInt8]? { marks.withLock { $0[key] } }
    public func setMark(_ key: String, to bytes: [UInt8]) async throws { marks.withLock { $0[key] = bytes } }
}
