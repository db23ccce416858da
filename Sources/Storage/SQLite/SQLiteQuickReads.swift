import FlowModel
import Foundation
import GRDB

/// Quick reads of one store and its files.
public struct SQLiteQuickReads: QuickReads {
    private let store: SQLiteStore
    private let root: String

    /// - Parameter root: the folder of the ``DiskFileStore``.
    public init(store: SQLiteStore, root: String) {
        self.store = store
        self.root = root
    }

    public func kvNow(namespace: String, key: String, at now: Timestamp) throws(StorageError) -> KVLookup {
        try store.readNow { access throws(StorageError) in try access.kv(namespace: namespace, key: key, at: now) }
    }

    public func localPathNow(of path: FilePath) throws(StorageError) -> String? {
        let full = path == .root ? root : root + path.text
        return FileManager.default.fileExists(atPath: full) ? full : nil
    }
}
