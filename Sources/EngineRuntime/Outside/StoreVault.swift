import FlowModel
import Storage
import TaskKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The internal storage as tasks use it.
struct StoreVault: FileVault, FileListing {
    let files: any FileStore

    /// What one task may read into memory.
    private static let readLimit = 256 << 20

    func store(_ bytes: [UInt8], at path: String) async throws -> String {
        let path = try FilePath(path)
        try await files.put(bytes, at: path)
        return path.uri
    }

    func store(file localPath: String, at path: String) async throws -> String {
        let path = try FilePath(path)
        try await files.put(copying: localPath, to: path)
        return path.uri
    }

    func read(_ uri: String) async throws -> [UInt8] {
        try await files.bytes(at: FilePath(uri), limit: Self.readLimit)
    }

    func copy(_ uri: String, to localPath: String) async throws {
        let source = try await files.localPath(of: FilePath(uri))
        if FileManager.default.fileExists(atPath: localPath) { try FileManager.default.removeItem(atPath: localPath) }
        try FileManager.default.copyItem(atPath: source, toPath: localPath)
    }

    func size(of uri: String) async throws -> Int64 {
        guard let info = try await files.info(at: FilePath(uri)), !info.isFolder else {
            throw StorageError(.notFound, "Unable to find file '\(uri)'")
        }
        return Int64(info.size)
    }

    func exists(_ uri: String) async -> Bool {
        guard let path = try? FilePath(uri), let info = try? await files.info(at: path) else { return false }
        return !info.isFolder
    }

    func list(under prefix: String) async throws -> [String] {
        try await files.list(FilePath(prefix), deep: true).filter { !$0.isFolder }.map(\.path.uri)
    }

    func delete(_ uri: String) async throws -> Bool {
        try await !files.delete(FilePath(uri), keeping: nil).isEmpty
    }
}
