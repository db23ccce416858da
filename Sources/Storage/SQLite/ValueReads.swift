import FlowModel

extension Statements {
    // MARK: Timers

    func timers(dueBy: Timestamp?, limit: Int?) throws(StorageError) -> [TimerRow] {
        let row = try statement(
            """
            SELECT e.key, e.low, t.task_run, t.kind, t.due, t.note FROM timers t CROSS JOIN executions e ON e.key = t.execution
            WHERE t.due <= ?1 ORDER BY t.due LIMIT ?2
            """)
        row.bind(1, dueBy?.milliseconds ?? .max)
        row.bind(2, limit ?? -1)
        return try timers(row)
    }

    func timers(of id: ExecutionID) throws(StorageError) -> [TimerRow] {
        let row = try statement(
            """
            SELECT e.key, e.low, t.task_run, t.kind, t.due, t.note FROM timers t CROSS JOIN executions e ON e.key = t.execution
            WHERE t.execution = ?1 AND e.low = ?2 ORDER BY t.due
            """)
        row.bind(1, Int64(bitPattern: id.high))
        row.bind(2, Int64(bitPattern: id.low))
        return try timers(row)
    }

    private func timers(_ row: Prepared) throws(StorageError) -> [TimerRow] {
        defer { row.reset() }
        var timers: [TimerRow] = []
        while try row.step() {
            let taskRun = row.int(2)
            timers.append(
                TimerRow(
                    execution: ExecutionRow.id(row), taskRun: taskRun == WriteSession.wholeExecution ? nil : taskRun,
                    kind: row.text(3), due: row.moment(4), note: row.optionalText(5)))
        }
        return timers
    }

    // MARK: Triggers

    private static var triggerSelect: String {
        """
        SELECT n.name, f.id, t.id, t.date, t.next, t.disabled, t.execution, t.updated, t.evaluating, t.worker, t.stop_after,
            t.backfill
        FROM triggers t JOIN flows f ON f.key = t.flow JOIN namespaces n ON n.key = f.namespace
        """
    }

    func triggers(_ namespace: NamespaceFilter, flowID: String?, text: String?) throws(StorageError) -> [TriggerState] {
        let row = try statement(Self.triggerSelect)
        defer { row.reset() }
        let text = text.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        var found: [TriggerState] = []
        while try row.step() {
            let state = try trigger(row)
            guard namespace.contains(state.namespace), flowID == nil || flowID == state.flowID else { continue }
            if let text,
                ![state.namespace, state.flowID, state.triggerID].contains(where: { $0.lowercased().contains(text) })
            {
                continue
            }
            found.append(state)
        }
        return found.sorted {
            ($0.namespace, $0.flowID, $0.triggerID) < ($1.namespace, $1.flowID, $1.triggerID)
        }
    }

    func trigger(_ key: TriggerKey) throws(StorageError) -> TriggerState? {
        let row = try statement(Self.triggerSelect + " WHERE n.name = ?1 AND f.id = ?2 AND t.id = ?3")
        row.bind(1, key.flow.namespace)
        row.bind(2, key.flow.id)
        row.bind(3, key.id)
        defer { row.reset() }
        return try row.step() ? try trigger(row) : nil
    }

    private func trigger(_ row: Prepared) throws(StorageError) -> TriggerState {
        TriggerState(
            namespace: row.text(0), flowID: row.text(1), triggerID: row.text(2), date: row.optionalMoment(3),
            nextExecutionDate: row.optionalMoment(4),
            backfill: row.isNull(11) ? nil : try row.withBytes(11, Column.backfill),
            stopAfter: row.bytes(10).compactMap { State(code: Int($0)) }, disabled: row.int(5) != 0,
            executionID: row.optionalID(6), updatedDate: row.optionalMoment(7),
            evaluateRunningDate: row.optionalMoment(8),
            workerID: row.optionalText(9))
    }

    // MARK: Key-values

    private static var kvSelect: String {
        """
        SELECT n.name, k.key, k.kind, k.created, k.updated, k.expires, k.description, k.value
        FROM kv k JOIN namespaces n ON n.key = k.namespace
        """
    }

    private func entry(_ row: Prepared) throws(StorageError) -> KVEntry {
        var entry = KVEntry(
            namespace: row.text(0), key: row.text(1), kind: KVEntry.Kind(rawValue: row.text(2)) ?? .json,
            value: try row.withBytes(7, Column.value), description: row.optionalText(6), at: row.moment(3),
            expires: row.optionalMoment(5))
        entry.updated = row.moment(4)
        return entry
    }

    func kv(namespace: String, key: String, at now: Timestamp) throws(StorageError) -> KVLookup {
        let row = try statement(Self.kvSelect + " WHERE n.name = ?1 AND k.key = ?2")
        row.bind(1, namespace)
        row.bind(2, key)
        defer { row.reset() }
        guard try row.step() else { return .missing }
        let entry = try entry(row)
        return entry.isExpired(at: now) ? .expired : .found(entry)
    }

    func kvEntries(_ namespace: NamespaceFilter, prefix: String?, at now: Timestamp) throws(StorageError) -> [KVEntry] {
        let row = try statement(Self.kvSelect + " WHERE n.key = ?1 ORDER BY k.key")
        var entries: [KVEntry] = []
        for (key, _) in try namespaceKeys(namespace).sorted(by: { $0.name < $1.name }) {
            row.bind(1, key)
            while try row.step() {
                if let date = row.optionalMoment(5), date <= now { continue }
                let entry = try entry(row)
                if let prefix, !entry.key.hasPrefix(prefix) { continue }
                entries.append(entry)
            }
            row.reset()
        }
        return entries
    }

    func kvNamespaces() throws(StorageError) -> [String] {
        let row = try statement(
            "SELECT n.name FROM namespaces n WHERE EXISTS (SELECT 1 FROM kv k WHERE k.namespace = n.key) ORDER BY 1")
        defer { row.reset() }
        var names: [String] = []
        while try row.step() { names.append(row.text(0)) }
        return names
    }

    // MARK: Marks

    func mark(space: String, key: String) throws(StorageError) -> [UInt8]? {
        let row = try statement("SELECT value FROM marks WHERE space = ?1 AND key = ?2")
        row.bind(1, space)
        row.bind(2, key)
        defer { row.reset() }
        return try row.step() ? row.bytes(0) : nil
    }

    func marks(space: String, prefix: String) throws(StorageError) -> [(key: String, value: [UInt8])] {
        let row = try statement("SELECT key, value FROM marks WHERE space = ?1 AND key >= ?2 ORDER BY key")
        row.bind(1, space)
        row.bind(2, prefix)
        defer { row.reset() }
        var found: [(key: String, value: [UInt8])] = []
        while try row.step() {
            let key = row.text(0)
            guard key.hasPrefix(prefix) else { break }
            found.append((key, row.bytes(1)))
        }
        return found
    }
}
