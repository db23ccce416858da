import FlowModel

/// How a log line stands in its row: its number is its moment in milliseconds shifted by 20 bits, with a count in them.
enum LogRow {
    static let columns = """
        l.key, l.number, n.name, f.id, l.execution, coalesce(e.low, d.low), g.name, m.name, l.level, l.task_run, l.attempt, \
        l.message
        """
    static let tables = """
        logs l JOIN flows f ON f.key = l.flow JOIN namespaces n ON n.key = f.namespace \
        LEFT JOIN executions e ON e.key = l.execution LEFT JOIN deleted_executions d ON d.key = l.execution \
        LEFT JOIN names g ON g.key = l.trigger \
        LEFT JOIN task_runs t ON t.execution = l.execution AND t.number = l.task_run LEFT JOIN names m ON m.key = t.task
        """

    static func firstKey(of moment: Timestamp) -> Int64 {
        min(max(moment.milliseconds, -(1 << 42)), (1 << 43) - 1) << 20
    }

    static func line(_ row: Prepared) -> LogLine {
        let at = Timestamp(milliseconds: row.int64(0) >> 20)
        let entry = LogEntry(
            at: at, level: LogLevel(rawValue: row.int(8)) ?? .info, message: row.text(11), taskRun: row.optionalInt(9),
            attempt: row.optionalInt(10))
        return LogLine(
            number: row.int(1), flow: FlowKey(row.text(2), row.text(3)),
            executionID: row.isNull(4) ? nil : ExecutionRow.id(row, key: 4, low: 5), triggerID: row.optionalText(6),
            taskID: row.optionalText(7), entry: entry)
    }

    /// A ``LogFilter`` on the table `logs` under this name: four parameters, null for what does not filter, bound by
    /// ``bind(_:to:from:)``; the first parameter is the execution.
    static func filterConditions(_ table: String) -> String {
        """
        AND \(table).level >= ?2 AND (?3 IS NULL OR \(table).task_run = ?3) AND (?4 IS NULL OR \(table).attempt = ?4) \
        AND (?5 IS NULL OR \(table).task_run IN (SELECT number FROM task_runs WHERE execution = ?1 \
        AND task = (SELECT key FROM names WHERE name = ?5)))
        """
    }

    static func bind(_ filter: LogFilter, to row: Prepared, from place: Int32) {
        row.bind(place, filter.minLevel.rawValue)
        if let taskRun = filter.taskRun { row.bind(place + 1, taskRun) }
        if let attempt = filter.attempt { row.bind(place + 2, attempt) }
        if let task = filter.taskID { row.bind(place + 3, task) }
    }
}
