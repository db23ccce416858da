import CSQLite

/// Brings a database file to the newest shape before anything else opens it.
enum SchemaKeeper {
    static func prepare(_ path: String, _ connection: Connection, _ migrations: [Migration] = Migration.all)
        throws(StorageError)
    {
        let version = try connection.number("PRAGMA user_version")
        let newest = Int64(migrations.count)
        guard version <= newest else {
            throw StorageError(
                .newerSchema,
                "\(path) was written by a newer version of this program (schema \(version), this one knows \(newest)): "
                    + "start that version, or restore a backup made before it")
        }
        let owner = try connection.number("PRAGMA application_id")
        let tables = try connection.number("SELECT count(*) FROM sqlite_schema")
        guard owner == Int64(Migration.applicationID) || (owner == 0 && version == 0 && tables == 0) else {
            throw StorageError(.corrupt, "\(path) is a database of another program")
        }
        if version == newest { return }
        if version > 0 {
            try connection.execute("VACUUM INTO '\(unusedBackup(path, version).replacing("'", with: "''"))'")
        }
        try connection.execute("PRAGMA journal_mode = WAL")
        for migration in migrations.dropFirst(Int(version)) {
            try connection.execute("BEGIN IMMEDIATE")
            try connection.execute(migration.sql)
            try connection.execute("PRAGMA application_id = \(Migration.applicationID)")
            try connection.execute("PRAGMA user_version = \(migration.number)")
            try connection.execute("COMMIT")
        }
    }

    /// `<path>.before-<version>`, with a count when an earlier try has left one.
    private static func unusedBackup(_ path: String, _ version: Int64) -> String {
        let name = "\(path).before-\(version + 1)"
        var candidate = name
        var count = 1
        while Disk.exists(candidate) {
            count += 1
            candidate = "\(name)-\(count)"
        }
        return candidate
    }
}

/// A connection of its own, for what is done beside the pool.
struct Connection {
    let handle: OpaquePointer

    init(path: String) throws(StorageError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK, let handle else {
            let error = StorageError.lastOf(handle, doing: "open \(path)")
            sqlite3_close(handle)
            throw error
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 10_000)
    }

    func execute(_ sql: String) throws(StorageError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw .lastOf(handle, doing: sql) }
    }

    /// The first number of the first row; 0 when there is none.
    func number(_ sql: String) throws(StorageError) -> Int64 {
        let row = try prepare(sql)
        defer { row.finalize() }
        return try row.step() ? row.int64(0) : 0
    }

    /// To be finalized by who asked for it.
    func prepare(_ sql: String) throws(StorageError) -> Prepared {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw .lastOf(handle, doing: sql)
        }
        return Prepared(handle: statement, owner: nil)
    }

    func close() { sqlite3_close(handle) }
}
