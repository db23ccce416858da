import FlowModel

/// How an execution stands in its row. What follows from the id is left out: its own correlation label, an original that is
/// itself, the date of creation where the history begins with it.
enum ExecutionRow {
    /// The last label is `system.correlationId` with the execution's own id, and not in the column.
    static let ownCorrelation = 1
    /// Started by another execution.
    static let child = 2
    static let correlationLabel = "system.correlationId"

    static let columns = """
        e.key, e.low, n.name, f.id, e.revision, e.flags, e.open, e.history, e.attempt, e.parent, e.original, \
        e.original_created, e.schedule_date, e.labels, e.inputs, e.outputs, e.variables, e.trigger
        """
    static let tables = "executions e JOIN flows f ON f.key = e.flow JOIN namespaces n ON n.key = e.namespace"

    /// The number of the row. - Throws: `invalid` for an id whose high half no creation in this age can have made.
    static func key(_ id: ExecutionID) throws(StorageError) -> Int64 {
        guard let key = Int64(exactly: id.high) else {
            throw StorageError(
                .invalid, "the id \(id) was not made by this program: its moment of creation is out of range")
        }
        return key
    }

    /// Which execution this one was started by.
    static func starter(of execution: Execution) -> ExecutionID? {
        execution.trigger?.variables["executionId"]?.string.flatMap { ExecutionID($0) }
    }

    static func id(_ row: Prepared, key: Int32 = 0, low: Int32 = 1) -> ExecutionID {
        ExecutionID(high: UInt64(bitPattern: row.int64(key)), low: UInt64(bitPattern: row.int64(low)))
    }

    /// Reads the columns of ``columns``.
    static func execution(_ row: Prepared) throws(StorageError) -> Execution {
        let id = id(row)
        let base = id.createdAt.milliseconds
        let history = try row.withBytes(7) { (bytes) throws(StorageError) in
            var reader = ByteReader(bytes)
            return try reader.history(since: base)
        }
        var execution = Execution(
            id: id, namespace: row.text(2), flowID: row.text(3), flowRevision: row.int(4), createdAt: history.startDate)
        execution.state = history
        if let attempt = row.optionalInt(8) { execution.attemptNumber = attempt }
        execution.parentID = row.optionalID(9)
        if let original = row.optionalID(10) { execution.originalID = original }
        if let date = row.optionalMoment(11) { execution.originalCreatedDate = date }
        execution.scheduleDate = row.optionalMoment(12)
        if !row.isNull(13) { execution.labels = try row.withBytes(13, Column.labels) }
        if row.int(5) & ownCorrelation != 0 {
            execution.labels.append(Label(key: correlationLabel, value: id.description))
        }
        if !row.isNull(14) { execution.inputs = try row.withBytes(14, Column.map) }
        if !row.isNull(15) { execution.outputs = try row.withBytes(15, Column.map) }
        if !row.isNull(16) { execution.variables = try row.withBytes(16, Column.map) }
        if !row.isNull(17) { execution.trigger = try row.withBytes(17, Column.trigger) }
        return execution
    }

    /// The labels that stand in the column, and the flag for the one that does not.
    static func storedLabels(_ execution: Execution) -> (labels: ArraySlice<Label>, flag: Int) {
        if let last = execution.labels.last, last.key == correlationLabel, last.value == execution.id.description {
            return (execution.labels.dropLast(), ownCorrelation)
        }
        return (execution.labels[...], 0)
    }
}

/// How a task run stands in its row.
enum TaskRunRow {
    static let columns = "t.number, m.name, t.parent, t.value, t.iteration, t.history, t.attempts, t.outputs"
    static let tables = "task_runs t JOIN names m ON m.key = t.task"

    static func taskRun(_ row: Prepared, of id: ExecutionID) throws(StorageError) -> TaskRun {
        let base = id.createdAt.milliseconds
        let history = try row.withBytes(5) { (bytes) throws(StorageError) in
            var reader = ByteReader(bytes)
            return try reader.history(since: base)
        }
        var run = TaskRun(
            number: row.int(0), taskID: row.text(1), parent: row.optionalInt(2), value: row.optionalText(3),
            iteration: row.optionalInt(4), state: history)
        if !row.isNull(6) {
            run.attempts = try row.withBytes(6) { (bytes) throws(StorageError) in
                var reader = ByteReader(bytes)
                return try reader.attempts(since: base)
            }
        }
        if !row.isNull(7) { run.outputs = try row.withBytes(7, Column.map) }
        return run
    }
}
