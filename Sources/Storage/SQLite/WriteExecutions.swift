import FlowModel

extension WriteSession {
    func insert(_ execution: Execution, isOpen: Bool?) throws(StorageError) {
        let key = try ExecutionRow.key(execution.id)
        let flow = try flow(FlowKey(execution.namespace, execution.flowID))
        let (labels, correlation) = ExecutionRow.storedLabels(execution)
        let starter = ExecutionRow.starter(of: execution)
        let flags = correlation | (starter == nil ? 0 : ExecutionRow.child)
        let row = try statement(
            quick: """
                INSERT INTO executions (key, low, namespace, flow, revision, state, flags, open, duration, history, attempt, parent,
                    original, original_created, schedule_date, labels, inputs, outputs, variables, trigger)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
                """)
        bind(execution, key: key, flow: flow, flags: flags, labels: Column.json(labels), isOpen: isOpen, to: row)
        do throws(StorageError) { try row.run() } catch {
            guard error.kind == .duplicate else { throw error }
            throw StorageError(
                .duplicate,
                "an execution with the id \(execution.id), or one made in the same instant, is there already")
        }
        for label in labels { try addLabel(label, to: key) }
        if let starter { try link(execution.id, to: starter, nil) }
        count(flow, execution.state.current, by: 1)
        known[execution.id] = KnownExecution(flow: flow.key, nextLog: 0)
    }

    func update(_ execution: Execution, isOpen: Bool?) throws(StorageError) {
        let key = try ExecutionRow.key(execution.id)
        let flow = try flow(FlowKey(execution.namespace, execution.flowID))
        let old = try statement(quick: "SELECT low, state, flags, labels FROM executions WHERE key = ?1")
        old.bind(1, key)
        guard try old.step() else {
            old.reset()
            return try insert(execution, isOpen: isOpen)
        }
        let (low, oldState, oldFlags) = (old.int64(0), old.int(1), old.int(2))
        let oldLabels = old.isNull(3) ? nil : old.bytes(3)
        old.reset()
        guard UInt64(bitPattern: low) == execution.id.low else {
            throw StorageError(.duplicate, "an execution made in the same instant as \(execution.id) is there already")
        }
        let (labels, correlation) = ExecutionRow.storedLabels(execution)
        let newLabels = Column.json(labels)
        if newLabels != oldLabels {
            if let oldLabels {
                for label in try oldLabels.withUnsafeBufferPointer(Column.labels) { try removeLabel(label, from: key) }
            }
            for label in labels { try addLabel(label, to: key) }
        }
        let row = try statement(
            quick: """
                UPDATE executions SET low = ?2, namespace = ?3, flow = ?4, revision = ?5, state = ?6, flags = ?7, open = ?8,
                    duration = ?9, history = ?10, attempt = ?11, parent = ?12, original = ?13, original_created = ?14,
                    schedule_date = ?15, labels = ?16, inputs = ?17, outputs = ?18, variables = ?19, trigger = ?20
                WHERE key = ?1
                """)
        let flags = correlation | (oldFlags & ExecutionRow.child)
        bind(execution, key: key, flow: flow, flags: flags, labels: newLabels, isOpen: isOpen, to: row)
        try row.run()
        if known[execution.id] == nil { known[execution.id] = KnownExecution(flow: flow.key, nextLog: nil) }
        let state = execution.state.current
        if state.code != oldState {
            executionDeltas[
                ExecutionTotal(flow: flow.key, namespace: flow.namespace, state: Int64(oldState)), default: 0] -= 1
            count(flow, state, by: 1)
        }
    }

    private func bind(
        _ execution: Execution, key: Int64, flow: NameCache.Flow, flags: Int, labels: [UInt8]?, isOpen: Bool?,
        to row: Prepared
    ) {
        let state = execution.state.current
        row.bind(1, key)
        row.bind(2, Int64(bitPattern: execution.id.low))
        row.bind(3, flow.namespace)
        row.bind(4, flow.key)
        row.bind(5, execution.flowRevision)
        row.bind(6, state.code)
        row.bind(7, flags)
        if isOpen ?? !state.isTerminated { row.bind(8, 1) }
        if state.isTerminated {
            row.bind(9, execution.state.lastChange.milliseconds &- execution.state.startDate.milliseconds)
        }
        var history = ByteWriter()
        history.put(execution.state, since: execution.id.createdAt.milliseconds)
        row.bindBlob(10, history.bytes)
        if execution.attemptNumber != 1 { row.bind(11, execution.attemptNumber) }
        if let parent = execution.parentID { row.bindID(12, parent) }
        if execution.originalID != execution.id { row.bindID(13, execution.originalID) }
        if execution.originalCreatedDate != execution.state.startDate { row.bind(14, execution.originalCreatedDate) }
        if let date = execution.scheduleDate { row.bind(15, date) }
        if let labels { row.bindText(16, utf8: labels) }
        if let inputs = Column.json(execution.inputs) { row.bindText(17, utf8: inputs) }
        if let outputs = Column.json(execution.outputs) { row.bindText(18, utf8: outputs) }
        if !execution.variables.isEmpty, let variables = Column.json(execution.variables) {
            row.bindText(19, utf8: variables)
        }
        if let trigger = Column.json(execution.trigger) { row.bindText(20, utf8: trigger) }
    }

    private func count(_ flow: NameCache.Flow, _ state: State, by change: Int) {
        executionDeltas[
            ExecutionTotal(flow: flow.key, namespace: flow.namespace, state: Int64(state.code)), default: 0] += change
    }

    /// The execution when it is there; what belongs to another is dropped by those who ask.
    func existing(_ id: ExecutionID) throws(StorageError) -> KnownExecution? {
        if let found = known[id] { return found }
        guard let key = Int64(exactly: id.high) else { return nil }
        let row = try statement(quick: "SELECT low, flow FROM executions WHERE key = ?1")
        row.bind(1, key)
        defer { row.reset() }
        guard try row.step(), UInt64(bitPattern: row.int64(0)) == id.low else { return nil }
        let found = KnownExecution(flow: row.int64(1), nextLog: nil)
        known[id] = found
        return found
    }

    // MARK: Task runs

    func write(_ runs: [TaskRun], of id: ExecutionID) throws(StorageError) {
        guard try existing(id) != nil else { return }
        let base = id.createdAt.milliseconds
        let row = try statement(
            quick: """
                INSERT INTO task_runs (execution, number, task, state, parent, value, iteration, history, attempts, outputs)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT DO UPDATE SET task = ?3, state = ?4, parent = ?5, value = ?6, iteration = ?7, history = ?8,
                    attempts = ?9, outputs = ?10
                """)
        for run in runs {
            let task = try name(run.taskID)
            row.bind(1, Int64(bitPattern: id.high))
            row.bind(2, run.number)
            row.bind(3, task)
            row.bind(4, run.state.current.code)
            if let parent = run.parent { row.bind(5, parent) }
            if let value = run.value { row.bind(6, value) }
            if let iteration = run.iteration { row.bind(7, iteration) }
            var bytes = ByteWriter()
            bytes.put(run.state, since: base)
            row.bindBlob(8, bytes.bytes)
            if !run.attempts.isEmpty {
                bytes.bytes.removeAll(keepingCapacity: true)
                bytes.put(run.attempts, since: base)
                row.bindBlob(9, bytes.bytes)
            }
            if let outputs = Column.json(run.outputs) { row.bindText(10, utf8: outputs) }
            try row.run()
        }
    }

    func removeTaskRuns(of id: ExecutionID, _ numbers: [Int]) throws(StorageError) {
        guard try existing(id) != nil else { return }
        let row = try statement(quick: "DELETE FROM task_runs WHERE execution = ?1 AND number = ?2")
        for number in numbers {
            row.bind(1, Int64(bitPattern: id.high))
            row.bind(2, number)
            try row.run()
        }
    }

    // MARK: Labels and relations

    private func addLabel(_ label: Label, to key: Int64) throws(StorageError) {
        let name = try name(label.key)
        let row = try statement(
            quick: "INSERT OR IGNORE INTO execution_labels (name, value, execution) VALUES (?1, ?2, ?3)")
        row.bind(1, name)
        row.bind(2, label.value)
        row.bind(3, key)
        try row.run()
    }

    private func removeLabel(_ label: Label, from key: Int64) throws(StorageError) {
        let name = try name(label.key)
        let row = try statement(quick: "DELETE FROM execution_labels WHERE name = ?1 AND value = ?2 AND execution = ?3")
        row.bind(1, name)
        row.bind(2, label.value)
        row.bind(3, key)
        try row.run()
    }

    func link(_ child: ExecutionID, to parent: ExecutionID, _ taskRun: Int?) throws(StorageError) {
        guard let parentKey = Int64(exactly: parent.high), let childKey = Int64(exactly: child.high) else { return }
        let row = try statement(
            quick: """
                INSERT INTO execution_children (parent, child, task_run) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET task_run = coalesce(?3, task_run)
                """)
        row.bind(1, parentKey)
        row.bind(2, childKey)
        if let taskRun { row.bind(3, taskRun) }
        try row.run()
    }

    // MARK: Deleting

    /// Whether the execution was there.
    func delete(_ id: ExecutionID, logs: Bool, metrics: Bool) throws(StorageError) -> (logs: Int, metrics: Int)? {
        guard let key = Int64(exactly: id.high) else { return nil }
        let row = try statement(
            quick: "DELETE FROM executions WHERE key = ?1 AND low = ?2 RETURNING namespace, flow, state, labels")
        row.bind(1, key)
        row.bind(2, Int64(bitPattern: id.low))
        guard try row.step() else {
            row.reset()
            return nil
        }
        let total = ExecutionTotal(flow: row.int64(1), namespace: row.int64(0), state: row.int64(2))
        let labels = row.isNull(3) ? nil : row.bytes(3)
        _ = try row.step()
        row.reset()
        executionDeltas[total, default: 0] -= 1
        known[id] = nil
        if let labels {
            for label in try labels.withUnsafeBufferPointer(Column.labels) { try removeLabel(label, from: key) }
        }
        for sql in [
            "DELETE FROM task_runs WHERE execution = ?1", "DELETE FROM timers WHERE execution = ?1",
            "DELETE FROM execution_children WHERE parent = ?1", "DELETE FROM execution_children WHERE child = ?1",
        ] {
            let row = try statement(sql)
            row.bind(1, key)
            try row.run()
        }
        let goneLogs = logs ? try deleteLogs(ofKey: key, LogFilter()) : 0
        let goneMetrics = metrics ? try deleteMetrics(ofKey: key) : 0
        if !logs || !metrics {
            let row = try statement(quick: "INSERT OR REPLACE INTO deleted_executions (key, low) VALUES (?1, ?2)")
            row.bind(1, key)
            row.bind(2, Int64(bitPattern: id.low))
            try row.run()
        }
        return (goneLogs, goneMetrics)
    }

    private func deleteMetrics(ofKey key: Int64) throws(StorageError) -> Int {
        let row = try statement(quick: "DELETE FROM metrics WHERE execution = ?1")
        row.bind(1, key)
        try row.run()
        return changes
    }
}
