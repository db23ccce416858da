/// How the SQLite store treats its file and memory.
public struct SQLiteSettings: Sendable, Hashable {
    public enum Synchronous: String, Sendable, Hashable, CaseIterable {
        /// Each answer is sent after the disk has the data: nothing answered is lost, even when the power fails.
        case full = "FULL"
        /// A power failure may lose the last moments; a crash of the program loses nothing.
        case normal = "NORMAL"
    }

    public var synchronous = Synchronous.full
    /// Connections for reading; each keeps at most `readerCacheBytes`.
    public var readers = 4
    public var writerCacheBytes = 8 << 20
    public var readerCacheBytes = 1 << 20
    /// The size of the write-ahead log from which on it is carried over into the database, beside the writing.
    public var checkpointBytes = 16 << 20
    /// At most so many calls share one transaction.
    public var batchLimit = 2_000

    public init() {}
}
