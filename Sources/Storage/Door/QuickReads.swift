import FlowModel

/// Reads that answer on the caller's own thread within microseconds, for expressions that are rendered within a step.
public protocol QuickReads: Sendable {
    func kvNow(namespace: String, key: String, at now: Timestamp) throws(StorageError) -> KVLookup
    /// The place of a stored file on this machine's disk; nil when there is none.
    func localPathNow(of path: FilePath) throws(StorageError) -> String?
}
