import CSQLite
import FlowModel

/// The writer's connection with its prepared statements and what it remembers of the rows. Lives on the writer's thread.
final class WriteSession: Statements {
    let connection: OpaquePointer
    var names = NameCache()
    /// Executions that were written lately.
    var known: [ExecutionID: KnownExecution] = [:]
    var executionDeltas: [ExecutionTotal: Int] = [:]
    var logDeltas: [LogTotal: Int] = [:]
    var logSequence: Int64 = 0
    private var statements: [String: Prepared] = [:]
    /// Those that are found by where their text stands in the program, which costs less than by the text.
    private var quick: [UnsafePointer<UInt8>: Prepared] = [:]

    struct KnownExecution {
        var flow: Int64
        var nextLog: Int?
    }

    struct ExecutionTotal: Hashable {
        var flow: Int64
        var namespace: Int64
        var state: Int64
    }

    struct LogTotal: Hashable {
        var flow: Int64
        var level: Int64
    }

    /// How many frames the write-ahead log had after the last commit.
    final class LogFrames {
        var count = 0
    }
    let logFrames = LogFrames()

    init(connection: OpaquePointer) {
        self.connection = connection
        let context = Unmanaged.passUnretained(logFrames).toOpaque()
        sqlite3_wal_hook(
            connection,
            { context, _, _, frames in
                if let context { Unmanaged<LogFrames>.fromOpaque(context).takeUnretainedValue().count = Int(frames) }
                return SQLITE_OK
            }, context)
    }

    func finish() {
        sqlite3_wal_hook(connection, nil, nil)
        for statement in statements.values { sqlite3_finalize(statement.handle) }
        statements = [:]
        quick = [:]
    }

    func statement(quick sql: StaticString) throws(StorageError) -> Prepared {
        if let statement = quick[sql.utf8Start] { return statement }
        let statement = try statement(sql.description)
        quick[sql.utf8Start] = statement
        return statement
    }

    func statement(_ sql: String) throws(StorageError) -> Prepared {
        if let statement = statements[sql] { return statement }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw .lastOf(connection, doing: sql) }
        let statement = Prepared(handle: handle, owner: nil)
        statements[sql] = statement
        return statement
    }

    // MARK: Transactions

    /// Does the jobs in one transaction and tells each what became of it. When one fails, they are done again, each so that its
    /// failure takes back only its own changes.
    func write(_ jobs: ArraySlice<any WriterJob>) {
        do throws(StorageError) {
            try transaction { () throws(StorageError) in
                for job in jobs { try job.run(in: self) }
            }
            for job in jobs { job.finish(nil) }
        } catch {
            if jobs.count == 1 {
                jobs.first?.finish(error)
            } else {
                writeApart(jobs)
            }
        }
    }

    private func writeApart(_ jobs: ArraySlice<any WriterJob>) {
        var failures: [Int: StorageError] = [:]
        do throws(StorageError) {
            try transaction { () throws(StorageError) in
                for (index, job) in jobs.enumerated() {
                    let (executions, logs) = (executionDeltas, logDeltas)
                    try statement("SAVEPOINT job").run()
                    do throws(StorageError) {
                        try job.run(in: self)
                    } catch {
                        // A full disk or a broken one ends the whole transaction by itself.
                        guard sqlite3_get_autocommit(connection) == 0 else { throw error }
                        try statement("ROLLBACK TO job").run()
                        failures[index] = error
                        forget()
                        (executionDeltas, logDeltas) = (executions, logs)
                    }
                    try statement("RELEASE job").run()
                }
            }
            for (index, job) in jobs.enumerated() { job.finish(failures[index]) }
        } catch {
            for (index, job) in jobs.enumerated() { job.finish(failures[index] ?? error) }
        }
    }

    private func transaction(_ body: () throws(StorageError) -> Void) throws(StorageError) {
        do throws(StorageError) {
            try statement(quick: "BEGIN IMMEDIATE").run()
            try body()
            try writeTotals()
            try statement(quick: "COMMIT").run()
        } catch {
            if sqlite3_get_autocommit(connection) == 0 { sqlite3_exec(connection, "ROLLBACK", nil, nil, nil) }
            forget()
            executionDeltas = [:]
            logDeltas = [:]
            throw error
        }
        if known.count > 20_000 { known = [:] }
        names.bound()
    }

    /// What is remembered may be of rows that were taken back.
    private func forget() {
        names = NameCache()
        known = [:]
    }

    private func writeTotals() throws(StorageError) {
        if !executionDeltas.isEmpty {
            let insert = try statement(
                quick:
                    """
                    INSERT INTO execution_totals (flow, namespace, state, count) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT DO UPDATE SET count = count + ?4
                    """)
            func add(_ flow: Int64, _ namespace: Int64, _ state: Int64, _ count: Int) throws(StorageError) {
                insert.bind(1, flow)
                insert.bind(2, namespace)
                insert.bind(3, state)
                insert.bind(4, count)
                try insert.run()
            }
            var namespaces: [ExecutionTotal: Int] = [:]
            for (total, count) in executionDeltas where count != 0 {
                try add(total.flow, total.namespace, total.state, count)
                namespaces[ExecutionTotal(flow: 0, namespace: total.namespace, state: total.state), default: 0] += count
            }
            for (total, count) in namespaces where count != 0 { try add(0, total.namespace, total.state, count) }
            executionDeltas.removeAll(keepingCapacity: true)
        }
        if !logDeltas.isEmpty {
            let insert = try statement(
                quick:
                    """
                    INSERT INTO log_totals (flow, level, count) VALUES (?1, ?2, ?3)
                    ON CONFLICT DO UPDATE SET count = count + ?3
                    """)
            for (total, count) in logDeltas where count != 0 {
                insert.bind(1, total.flow)
                insert.bind(2, total.level)
                insert.bind(3, count)
                try insert.run()
            }
            logDeltas.removeAll(keepingCapacity: true)
        }
    }

    // MARK: Changes

    func apply(_ change: Change) throws(StorageError) {
        switch change {
        case .insertExecution(let execution, let isOpen): try insert(execution, isOpen: isOpen)
        case .updateExecution(let execution, let isOpen): try update(execution, isOpen: isOpen)
        case .taskRun(let id, let run): try write([run], of: id)
        case .taskRuns(let id, let runs): try write(runs, of: id)
        case .removeTaskRuns(let id, let numbers): try removeTaskRuns(of: id, numbers)
        case .deleteExecution(let id, let logs, let metrics): _ = try delete(id, logs: logs, metrics: metrics)
        case .logs(let id, let entries): try append(entries, to: id)
        case .triggerLogs(let trigger, let entries): try append(entries, to: trigger)
        case .metrics(let id, let entries): try append(entries, to: id)
        case .linkChild(let child, let parent, let taskRun): try link(child, to: parent, taskRun)
        case .setTimer(let timer): try set(timer)
        case .removeTimer(let id, let taskRun, let kind): try removeTimer(id, taskRun, kind)
        case .removeTimers(let id): try removeTimers(id)
        case .trigger(let state): try set(state)
        case .unlockTrigger(let key, let id, let disabling, let now):
            try unlock(key, from: id, disabling: disabling, at: now)
        case .removeTrigger(let key): try remove(key)
        case .setKV(let entry): try set(entry, replacing: true)
        case .addKV(let entry): try set(entry, replacing: false)
        case .deleteKV(let namespace, let key): try deleteKV(namespace, key)
        case .mark(let space, let key, let value): try mark(space, key, value)
        case .swapMark(let space, let key, let value, let expected): try swapMark(space, key, value, expected)
        }
    }
}
