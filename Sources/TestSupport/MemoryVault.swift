import FoundationEssentials
import Synchronization
import TaskKit

/// An internal storage in memory.
public final class MemoryVault: FileVault, FileListing {
    public struct Missing: Error, CustomStringConvertible {
        public var uri: String
        public var description: String { "Unable to find file '\(uri)'" }
    }

    private let contents = Mutex<[String: [UInt8]]>([:])

    public init() {}

    /// All stored files by URI.
    public var files: [String: [UInt8]] { contents.withLock { $0 } }

    /// The text of a stored file; nil when there is none.
    public func text(_ uri: String) -> String? { files[uri].map { String(decoding: $0, as: UTF8.self) } }

    public func store(_ bytes: [UInt8], at path: String) async throws -> String {
        let uri = "kestra://" + path
        contents.withLock { $0[uri] = bytes }
        return uri
    }

    public func store(file localPath: String, at path: String) async throws -> String {
        try await store(Array(try Data(contentsOf: URL(filePath: localPath))), at: path)
    }

    public func read(_ uri: String) async throws -> [UInt8] {
        guard let bytes = files[uri] else { throw Missing(uri: uri) }
        return bytes
    }

    public func copy(_ uri: String, to localPath: String) async throws {
        try Data(try await read(uri)).write(to: URL(filePath: localPath))
    }

    public func size(of uri: String) async throws -> Int64 { Int64(try await read(uri).count) }
    public func exists(_ uri: String) async -> Bool { files[uri] != nil }
    public func delete(_ uri: String) async throws -> Bool { contents.withLock { $0.removeValue(forKey: uri) } != nil }

    public func list(under prefix: String) async throws -> [String] {
        files.keys.filter { $0.hasPrefix("kestra://" + prefix) }.sorted()
    }
}
