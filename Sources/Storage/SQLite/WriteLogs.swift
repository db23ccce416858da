import CSQLite
import FlowModel

extension WriteSession {
    /// How many rows the last statement touched.
    var changes: Int { Int(sqlite3_changes(connection)) }

    func append(_ entries: [LogEntry], to id: ExecutionID) throws(StorageError) {
        guard !entries.isEmpty, var execution = try existing(id) else { return }
        let key = Int64(bitPattern: id.high)
        var number = execution.nextLog ?? 0
        if execution.nextLog == nil { number = try nextLog(of: key) }
        for entry in entries {
            try add(entry, execution: key, number: number, flow: execution.flow, trigger: nil)
            number += 1
        }
        execution.nextLog = number
        known[id] = execution
    }

    func append(_ entries: [LogEntry], to trigger: TriggerKey) throws(StorageError) {
        let flow = try flow(trigger.flow).key
        let name = try name(trigger.id)
        for entry in entries { try add(entry, execution: nil, number: 0, flow: flow, trigger: name) }
    }

    private func nextLog(of key: Int64) throws(StorageError) -> Int {
        let row = try statement(quick: "SELECT max(number) FROM logs WHERE execution = ?1")
        row.bind(1, key)
        defer { row.reset() }
        return try row.step() && !row.isNull(0) ? row.int(0) + 1 : 0
    }

    private func add(_ entry: LogEntry, execution: Int64?, number: Int, flow: Int64, trigger: Int64?)
        throws(StorageError)
    {
        let row = try statement(
            quick: """
                INSERT INTO logs (key, execution, number, flow, level, task_run, attempt, trigger, message)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (key) DO NOTHING
                """)
        let moment = LogRow.firstKey(of: entry.at)
        // A number is taken only after a restart within the same millisecond, or after the clock was set back.
        repeat {
            logSequence = (logSequence + 1) & 0xFFFFF
            row.bind(1, moment | logSequence)
            if let execution { row.bind(2, execution) }
            row.bind(3, number)
            row.bind(4, flow)
            row.bind(5, entry.level.rawValue)
            if let taskRun = entry.taskRun { row.bind(6, taskRun) }
            if let attempt = entry.attempt { row.bind(7, attempt) }
            if let trigger { row.bind(8, trigger) }
            row.bind(9, entry.message)
            try row.run()
        } while changes == 0
        logDeltas[LogTotal(flow: flow, level: Int64(entry.level.rawValue)), default: 0] += 1
    }

    func deleteLogs(ofKey key: Int64, _ filter: LogFilter) throws(StorageError) -> Int {
        let row = try statement(
            "DELETE FROM logs WHERE execution = ?1 \(LogRow.filterConditions("logs")) RETURNING flow, level")
        row.bind(1, key)
        LogRow.bind(filter, to: row, from: 2)
        defer { row.reset() }
        var count = 0
        while try row.step() {
            logDeltas[LogTotal(flow: row.int64(0), level: row.int64(1)), default: 0] -= 1
            count += 1
        }
        return count
    }

    func deleteLogs(keys: [Int64]) throws(StorageError) {
        let row = try statement(quick: "DELETE FROM logs WHERE key = ?1 RETURNING flow, level")
        for key in keys {
            row.bind(1, key)
            if try row.step() {
                logDeltas[LogTotal(flow: row.int64(0), level: row.int64(1)), default: 0] -= 1
                _ = try row.step()
            }
            row.reset()
        }
    }

    func append(_ entries: [MetricEntry], to id: ExecutionID) throws(StorageError) {
        guard !entries.isEmpty, let execution = try existing(id) else { return }
        let row = try statement(
            quick: """
                INSERT INTO metrics (execution, flow, task, task_run, name, at, kind, value, tags)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                """)
        for entry in entries {
            let (task, metric) = (try name(entry.taskID), try name(entry.name))
            row.bind(1, Int64(bitPattern: id.high))
            row.bind(2, execution.flow)
            row.bind(3, task)
            if let taskRun = entry.taskRun { row.bind(4, taskRun) }
            row.bind(5, metric)
            row.bind(6, entry.at)
            row.bind(7, MetricEntry.Kind.allCases.firstIndex(of: entry.kind) ?? 0)
            row.bind(8, entry.value)
            if let tags = Column.json(entry.tags) { row.bindText(9, utf8: tags) }
            try row.run()
        }
    }
}
