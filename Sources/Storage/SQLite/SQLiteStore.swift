import FlowModel
import Foundation
import GRDB

/// The store in one SQLite file with a write-ahead log, for one process at a time.
public final class SQLiteStore: Store {
    let pool: DatabasePool
    private let writer: Writer
    private let readers: BlockingThreads
    private let checkpointer: Checkpointer
    private let lock: ProcessLock

    /// Opens the database, makes it when there is none, and brings an older one up to date after copying it to
    /// `<path>.before-<its version>`.
    /// - Throws: `newerSchema` for a database of a later version of this program, `inUse` when another process has it open,
    ///   `corrupt` for a file that is no database of ours, `io` when the disk refuses.
    public init(path: String, settings: SQLiteSettings = SQLiteSettings()) throws(StorageError) {
        lock = try ProcessLock(path: path + ".lock")
        var configuration = Configuration()
        configuration.label = "storage"
        // Two more than the threads for reading, for reads on the callers' own.
        configuration.maximumReaderCount = max(settings.readers, 1) + 2
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            let cache = (db.configuration.readonly ? settings.readerCacheBytes : settings.writerCacheBytes) / 1024
            try db.execute(sql: "PRAGMA cache_size = -\(max(cache, 64))")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            if !db.configuration.readonly { try db.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        }
        // Stays open as long as the store, so that no connection which closes before takes itself for the last one and carries the
        // whole log over.
        let connection = try Connection(path: path)
        do {
            try SchemaKeeper.prepare(path, connection)
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in
                // The pool's own setting is NORMAL, made after `prepareDatabase`.
                try db.execute(sql: "PRAGMA synchronous = \(settings.synchronous.rawValue)")
            }
        } catch {
            connection.close()
            throw StorageError(any: error, doing: "open \(path)")
        }
        readers = BlockingThreads(name: "storage reader", limit: settings.readers)
        let checkpointer = Checkpointer(connection, threshold: settings.checkpointBytes)
        self.checkpointer = checkpointer
        writer = Writer(pool: pool, batchLimit: max(settings.batchLimit, 1)) {
            checkpointer.afterCommit($0, frames: $1)
        }
    }

    public func close() async throws(StorageError) {
        let outcome: Result<Void, StorageError> = await withCheckedContinuation { done in
            Thread { [self] in
                readers.close()
                writer.close()
                checkpointer.close()
                let outcome = Result { () throws -> Void in
                    // Left to the next opening when someone still reads.
                    try? pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
                    try pool.close()
                }
                lock.release()
                done.resume(returning: outcome.mapError { StorageError(any: $0, doing: "close the database") })
            }.start()
        }
        try outcome.get()
    }

    deinit {
        readers.close()
        writer.close()
        checkpointer.close()
    }

    // MARK: Writing

    public func commit(_ changes: [Change]) async throws(StorageError) {
        if changes.isEmpty { return }
        let error = await withCheckedContinuation { done in writer.submit(CommitJob(changes, done)) }
        if let error { throw error }
    }

    func write<Answer: Sendable>(
        _ work: @escaping @Sendable (WriteSession) throws(StorageError) -> Answer
    ) async throws(StorageError) -> Answer {
        let answer: Result<Answer, StorageError> = await withCheckedContinuation { done in
            let work: WorkJob<Answer>.Work = { session in
                do throws(StorageError) { return .success(try work(session)) } catch { return .failure(error) }
            }
            writer.submit(WorkJob(work, done))
        }
        return try answer.get()
    }

    // MARK: Reading

    /// Reads one committed state of the database. The caller's cancellation does not interrupt it.
    func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Statements) throws(StorageError) -> Answer
    ) async throws(StorageError) -> Answer {
        try await readers.run { [pool] () throws(StorageError) in
            do { return try pool.read { try work(Reader(database: $0)) } } catch {
                throw StorageError(any: error, doing: "read")
            }
        }
    }

    /// Reads one committed state of the database on the caller's own thread.
    func readNow<Answer: Sendable>(
        _ work: (any Statements) throws(StorageError) -> Answer
    ) throws(StorageError) -> Answer {
        do {
            return try pool.unsafeRead { database in try work(Reader(database: database)) }
        } catch {
            throw StorageError(any: error, doing: "read")
        }
    }
}

/// A reading connection, for the length of one read.
private struct Reader: Statements {
    let database: Database

    func statement(_ sql: String) throws(StorageError) -> Prepared {
        do {
            let statement = try database.cachedStatement(sql: sql)
            return Prepared(handle: statement.sqliteStatement, owner: statement)
        } catch {
            throw StorageError(any: error, doing: sql)
        }
    }
}

extension StorageError {
    init(any error: any Error, doing what: String) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_MISUSE: self = Writer.closed
        case let error as DatabaseError:
            self.init(sqlite: error.extendedResultCode.rawValue, text: error.message ?? "no reason given", doing: what)
        default: self.init(.io, "could not \(what): \(error)")
        }
    }
}
