import FlowModel

/// A search for log lines, planned as for executions: a line's number grows with its moment, so an index on (flow, level) is in
/// the order of time for each pair of values.
struct LogPlan {
    struct Range {
        var condition: String
        var binds: [Bind]
        var count: Int?
    }

    var ranges: [Range] = []
    var low = Int64.min
    var high = Int64.max
    var isBounded = false
    var rest = ""
    var restBinds: [Bind] = []
}

extension Statements {
    func plan(_ query: LogQuery) throws(StorageError) -> LogPlan {
        var plan = LogPlan()
        if let date = query.startDate { plan.low = LogRow.firstKey(of: date) }
        if let date = query.endDate { plan.high = LogRow.firstKey(of: date) | 0xFFFFF }
        plan.isBounded = query.startDate != nil || query.endDate != nil
        if let trigger = query.triggerID {
            plan.rest += """
                 AND (l.trigger = (SELECT key FROM names WHERE name = ?) OR EXISTS (SELECT 1 FROM executions e \
                WHERE e.key = l.execution AND e.trigger ->> '$.id' = ?))
                """
            plan.restBinds += [.text(trigger), .text(trigger)]
        }
        if let text = query.text, !text.isEmpty {
            plan.rest += " AND l.message LIKE ? ESCAPE '\\'"
            plan.restBinds.append(.text(Pattern.containing(text)))
        }
        let levels = LogLevel.allCases.filter { level in
            level >= query.minLevel && (query.levels.isEmpty || query.levels.contains(level))
        }
        let isAll = levels.count == LogLevel.allCases.count
        let isAnyFlow = query.namespace == .any && query.flowIDs.isEmpty && query.flows.isEmpty
        if isAll, isAnyFlow {
            plan.ranges = [.init(condition: "TRUE", binds: [], count: try logTotal())]
            return plan
        }
        let flows =
            isAnyFlow ? nil : Set(try flowKeys(query.namespace, ids: query.flowIDs, among: query.flows, text: nil))
        let row = try statement("SELECT flow, level, count FROM log_totals WHERE count > 0")
        defer { row.reset() }
        while try row.step() {
            guard flows?.contains(row.int64(0)) ?? true, levels.contains(where: { $0.rawValue == row.int(1) }) else {
                continue
            }
            plan.ranges.append(
                .init(
                    condition: "l.flow = ? AND l.level = ?", binds: [.int(row.int64(0)), .int(row.int64(1))],
                    count: row.int(2)))
        }
        if plan.ranges.count > ExecutionPlan.rangeLimit {
            plan.ranges = [.init(condition: "TRUE", binds: [])]
            let mask = levels.reduce(Int64(0)) { $0 | 1 << Int64($1.rawValue) }
            plan.rest += " AND ((? >> l.level) & 1) = 1"
            plan.restBinds.append(.int(mask))
            if let flows {
                plan.rest += " AND l.flow IN (SELECT value FROM json_each(?))"
                plan.restBinds.append(.text("[" + flows.map(String.init).joined(separator: ",") + "]"))
            }
        }
        return plan
    }

    private func logTotal() throws(StorageError) -> Int {
        let row = try statement("SELECT sum(count) FROM log_totals")
        defer { row.reset() }
        return try row.step() ? row.int(0) : 0
    }

    func logKeys(_ plan: LogPlan, need: Int, descending: Bool) throws(StorageError) -> [Int64] {
        var best: [Int64] = []
        for range in plan.ranges {
            var (low, high) = (plan.low, plan.high)
            if best.count >= need, let last = best.last {
                if descending { low = max(low, last + 1) } else { high = min(high, last - 1) }
                if low > high { continue }
            }
            let row = try statement(
                """
                SELECT l.key FROM logs l WHERE \(range.condition) AND l.key BETWEEN ? AND ?\(plan.rest) \
                ORDER BY l.key \(descending ? "DESC" : "ASC") LIMIT ?
                """)
            row.bind(range.binds + [.int(low), .int(high)] + plan.restBinds + [.int(Int64(need))])
            let ordered = best.count
            while try row.step() { best.append(row.int64(0)) }
            row.reset()
            if ordered > 0 { best.sort { descending ? $0 > $1 : $0 < $1 } }
            if best.count > need { best.removeLast(best.count - need) }
        }
        return best
    }

    func logs(_ query: LogQuery, _ page: PageRequest) throws(StorageError) -> Page<LogLine> {
        let plan = try plan(query)
        let (sum, overflow) = page.skip.addingReportingOverflow(page.size)
        let keys = page.size == 0 ? [] : try logKeys(plan, need: overflow ? .max : sum, descending: query.descending)
        let row = try statement("SELECT \(LogRow.columns) FROM \(LogRow.tables) WHERE l.key = ?1")
        var lines: [LogLine] = []
        for key in keys.dropFirst(page.skip) {
            row.bind(1, key)
            if try row.step() { lines.append(LogRow.line(row)) }
            row.reset()
        }
        return Page(lines, total: try logCount(plan))
    }

    private func logCount(_ plan: LogPlan) throws(StorageError) -> Int {
        var total = 0
        for range in plan.ranges {
            if let count = range.count, !plan.isBounded, plan.rest.isEmpty {
                total += count
                continue
            }
            let row = try statement(
                "SELECT count(*) FROM logs l WHERE \(range.condition) AND l.key BETWEEN ? AND ?\(plan.rest)")
            row.bind(range.binds + [.int(plan.low), .int(plan.high)] + plan.restBinds)
            if try row.step() { total += row.int(0) }
            row.reset()
        }
        return total
    }

    func logs(of id: ExecutionID, after number: Int?, _ filter: LogFilter, limit: Int?) throws(StorageError)
        -> [LogLine]
    {
        guard let key = Int64(exactly: id.high) else { return [] }
        let row = try statement(
            """
            SELECT \(LogRow.columns) FROM \(LogRow.tables)
            WHERE l.execution = ?1 \(LogRow.filterConditions("l")) AND l.number > ?6 AND coalesce(e.low, d.low) = ?7
            ORDER BY l.number LIMIT ?8
            """)
        row.bind(1, key)
        LogRow.bind(filter, to: row, from: 2)
        row.bind(6, number ?? -1)
        row.bind(7, Int64(bitPattern: id.low))
        row.bind(8, limit ?? -1)
        defer { row.reset() }
        var lines: [LogLine] = []
        while try row.step() { lines.append(LogRow.line(row)) }
        return lines
    }

    // MARK: Metrics

    private static var metricColumns: String { "x.at, x.kind, m.name, x.value, t.name, x.task_run, x.tags" }
    private static var metricTables: String {
        "metrics x JOIN names m ON m.key = x.name JOIN names t ON t.key = x.task"
    }

    func metrics(of id: ExecutionID, taskRun: Int?, taskID: String?) throws(StorageError) -> [MetricEntry] {
        let row = try statement(
            """
            SELECT \(Self.metricColumns) FROM \(Self.metricTables)
            WHERE x.execution = ?1 AND (?2 IS NULL OR x.task_run = ?2) AND (?3 IS NULL OR t.name = ?3) ORDER BY x.key
            """)
        row.bind(1, Int64(bitPattern: id.high))
        row.bind(2, taskRun)
        row.bind(3, taskID)
        return try metrics(row)
    }

    func metrics(_ flow: FlowKey, taskID: String?, name: String, from: Timestamp, to: Timestamp)
        throws(StorageError) -> [MetricEntry]
    {
        let row = try statement(
            """
            SELECT \(Self.metricColumns) FROM \(Self.metricTables)
            WHERE x.flow = ?1 AND x.name = (SELECT key FROM names WHERE name = ?2) AND x.at BETWEEN ?3 AND ?4
                AND (?5 IS NULL OR t.name = ?5) ORDER BY x.at, x.key
            """)
        guard let key = try flowKeys(.any, ids: [], among: [flow], text: nil).first else { return [] }
        row.bind(1, key)
        row.bind(2, name)
        row.bind(3, from)
        row.bind(4, to)
        row.bind(5, taskID)
        return try metrics(row)
    }

    private func metrics(_ row: Prepared) throws(StorageError) -> [MetricEntry] {
        defer { row.reset() }
        var entries: [MetricEntry] = []
        while try row.step() {
            let kinds = MetricEntry.Kind.allCases
            entries.append(
                MetricEntry(
                    at: row.moment(0), kind: kinds.indices.contains(row.int(1)) ? kinds[row.int(1)] : .counter,
                    name: row.text(2), value: row.double(3), taskID: row.text(4), taskRun: row.optionalInt(5),
                    tags: row.isNull(6) ? [] : try row.withBytes(6, Column.labels)))
        }
        return entries
    }

    func metricNames(_ flow: FlowKey, taskID: String?) throws(StorageError) -> [String] {
        try metricTexts(
            "SELECT DISTINCT m.name FROM \(Self.metricTables) WHERE x.flow = ?1 AND (?2 IS NULL OR t.name = ?2) ORDER BY 1",
            flow, taskID)
    }

    func metricTasks(_ flow: FlowKey) throws(StorageError) -> [String] {
        try metricTexts(
            "SELECT DISTINCT t.name FROM \(Self.metricTables) WHERE x.flow = ?1 AND ?2 IS NULL ORDER BY 1", flow, nil)
    }

    private func metricTexts(_ sql: String, _ flow: FlowKey, _ taskID: String?) throws(StorageError) -> [String] {
        guard let key = try flowKeys(.any, ids: [], among: [flow], text: nil).first else { return [] }
        let row = try statement(sql)
        row.bind(1, key)
        row.bind(2, taskID)
        defer { row.reset() }
        var texts: [String] = []
        while try row.step() { texts.append(row.text(0)) }
        return texts
    }
}

/// Texts for `LIKE … ESCAPE '\'`.
enum Pattern {
    static func containing(_ text: String) -> String { "%" + literal(text) + "%" }
    static func beginning(_ text: String) -> String { literal(text) + "%" }

    private static func literal(_ text: String) -> String {
        var literal = ""
        for character in text {
            if character == "%" || character == "_" || character == "\\" { literal.append("\\") }
            literal.append(character)
        }
        return literal
    }
}
