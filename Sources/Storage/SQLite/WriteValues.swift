import FlowModel

extension WriteSession {
    // MARK: Timers

    /// What stands for a timer of the execution as a whole.
    static let wholeExecution = -1

    func set(_ timer: TimerRow) throws(StorageError) {
        guard try existing(timer.execution) != nil else { return }
        let row = try statement(
            """
            INSERT INTO timers (execution, task_run, kind, due, note) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET due = ?4, note = ?5
            """)
        row.bind(1, Int64(bitPattern: timer.execution.high))
        row.bind(2, timer.taskRun ?? Self.wholeExecution)
        row.bind(3, timer.kind)
        row.bind(4, timer.due)
        row.bind(5, timer.note)
        try row.run()
    }

    func removeTimer(_ id: ExecutionID, _ taskRun: Int?, _ kind: String) throws(StorageError) {
        let row = try statement("DELETE FROM timers WHERE execution = ?1 AND task_run = ?2 AND kind = ?3")
        row.bind(1, Int64(bitPattern: id.high))
        row.bind(2, taskRun ?? Self.wholeExecution)
        row.bind(3, kind)
        try row.run()
    }

    func removeTimers(_ id: ExecutionID) throws(StorageError) {
        let row = try statement("DELETE FROM timers WHERE execution = ?1")
        row.bind(1, Int64(bitPattern: id.high))
        try row.run()
    }

    // MARK: Triggers

    func set(_ state: TriggerState) throws(StorageError) {
        guard let flow = try liveFlow(FlowKey(state.namespace, state.flowID)) else { return }
        let row = try statement(
            """
            INSERT OR REPLACE INTO triggers
                (flow, id, date, next, disabled, execution, updated, evaluating, worker, stop_after, backfill)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
        row.bind(1, flow)
        row.bind(2, state.triggerID)
        row.bind(3, state.date)
        row.bind(4, state.nextExecutionDate)
        row.bind(5, state.disabled ? 1 : 0)
        row.bindID(6, state.executionID)
        row.bind(7, state.updatedDate)
        row.bind(8, state.evaluateRunningDate)
        row.bind(9, state.workerID)
        if !state.stopAfter.isEmpty { row.bindBlob(10, state.stopAfter.map { UInt8($0.code) }) }
        if let backfill = Column.json(state.backfill) { row.bindText(11, utf8: backfill) }
        try row.run()
    }

    func unlock(_ key: TriggerKey, from id: ExecutionID, disabling: Bool, at now: Timestamp) throws(StorageError) {
        guard let flow = try liveFlow(key.flow) else { return }
        let row = try statement(
            """
            UPDATE triggers SET execution = NULL, updated = ?4, disabled = disabled OR ?5,
                next = CASE WHEN ?5 THEN NULL ELSE next END
            WHERE flow = ?1 AND id = ?2 AND execution = ?3
            """)
        row.bind(1, flow)
        row.bind(2, key.id)
        row.bindID(3, id)
        row.bind(4, now)
        row.bind(5, disabling ? 1 : 0)
        try row.run()
    }

    func remove(_ key: TriggerKey) throws(StorageError) {
        let flow = try flow(key.flow)
        let row = try statement("DELETE FROM triggers WHERE flow = ?1 AND id = ?2")
        row.bind(1, flow.key)
        row.bind(2, key.id)
        try row.run()
    }

    private func liveFlow(_ key: FlowKey) throws(StorageError) -> Int64? {
        let flow = try flow(key).key
        let row = try statement("SELECT revision > 0 AND NOT deleted FROM flows WHERE key = ?1")
        row.bind(1, flow)
        defer { row.reset() }
        return try row.step() && row.int(0) == 1 ? flow : nil
    }

    // MARK: Key-values

    func set(_ entry: KVEntry, replacing: Bool) throws(StorageError) {
        let namespace = try namespace(entry.namespace)
        let old = try statement("SELECT created, expires FROM kv WHERE namespace = ?1 AND key = ?2")
        old.bind(1, namespace)
        old.bind(2, entry.key)
        var created = entry.created
        if try old.step(), old.optionalMoment(1).map({ $0 > entry.updated }) ?? true {
            created = old.moment(0)
            if !replacing {
                old.reset()
                throw StorageError(
                    .conflict,
                    "Cannot set value for key '\(entry.key)'. Key already exists and `overwrite` is set to `false`.")
            }
        }
        old.reset()
        let row = try statement(
            """
            INSERT INTO kv (namespace, key, kind, created, updated, expires, description, value)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET kind = ?3, created = ?4, updated = ?5,
                expires = ?6, description = ?7, value = ?8
            """)
        row.bind(1, namespace)
        row.bind(2, entry.key)
        row.bind(3, entry.kind.rawValue)
        row.bind(4, created)
        row.bind(5, entry.updated)
        row.bind(6, entry.expires)
        row.bind(7, entry.description)
        row.bindText(8, utf8: entry.value.json())
        try row.run()
    }

    func deleteKV(_ namespace: String, _ key: String) throws(StorageError) {
        let namespace = try self.namespace(namespace)
        let row = try statement("DELETE FROM kv WHERE namespace = ?1 AND key = ?2")
        row.bind(1, namespace)
        row.bind(2, key)
        try row.run()
    }

    func deleteKV(_ namespace: String, _ keys: [String], at now: Timestamp) throws(StorageError) -> [String] {
        let namespace = try self.namespace(namespace)
        let row = try statement("DELETE FROM kv WHERE namespace = ?1 AND key = ?2 RETURNING expires")
        var deleted: [String] = []
        for key in keys {
            row.bind(1, namespace)
            row.bind(2, key)
            defer { row.reset() }
            if try row.step() {
                if row.optionalMoment(0).map({ $0 > now }) ?? true { deleted.append(key) }
                _ = try row.step()
            }
        }
        return deleted
    }

    // MARK: Marks

    func mark(_ space: String, _ key: String, _ value: [UInt8]?) throws(StorageError) {
        let row = try statement(
            value == nil
                ? "DELETE FROM marks WHERE space = ?1 AND key = ?2"
                : "INSERT INTO marks (space, key, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3")
        row.bind(1, space)
        row.bind(2, key)
        if let value { row.bindBlob(3, value) }
        try row.run()
    }

    func swapMark(_ space: String, _ key: String, _ value: [UInt8]?, _ expected: [UInt8]?) throws(StorageError) {
        let old = try statement("SELECT value FROM marks WHERE space = ?1 AND key = ?2")
        old.bind(1, space)
        old.bind(2, key)
        let found = try old.step() ? old.bytes(0) : nil
        old.reset()
        guard found == expected else {
            throw StorageError(.conflict, "the stored value of \(space)/\(key) is not what it was when it was read")
        }
        try mark(space, key, value)
    }
}
