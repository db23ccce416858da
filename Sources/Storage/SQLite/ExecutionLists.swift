import FlowModel

extension Statements {
    /// The numbers of the rows that a query asks for, in its order.
    func executionKeys(_ query: ExecutionQuery, _ plan: ExecutionPlan, _ page: PageRequest) throws(StorageError)
        -> [Int64]
    {
        if page.size == 0 || plan.ranges.isEmpty { return [] }
        switch query.sort {
        case .startDate, .id: return try newest(plan, page, descending: query.descending)
        case .endDate, .duration, .state, .namespace, .flowID: return try sorted(query, plan, page)
        }
    }

    /// The first rows of all ranges, merged. Each range is read only as far as it can still add to the page.
    private func newest(_ plan: ExecutionPlan, _ page: PageRequest, descending: Bool) throws(StorageError) -> [Int64] {
        let (sum, overflow) = page.skip.addingReportingOverflow(page.size)
        let need = overflow ? Int.max : sum
        var best: [Int64] = []
        for range in plan.ranges {
            var (low, high) = (plan.low, plan.high)
            if best.count >= need, let last = best.last {
                if descending { low = max(low, last + 1) } else { high = min(high, last - 1) }
                if low > high { continue }
            }
            let row = try statement(
                """
                SELECT e.key FROM \(range.tables) WHERE \(range.condition) AND \(range.key) BETWEEN ? AND ?\(plan.rest) \
                ORDER BY \(range.key) \(descending ? "DESC" : "ASC") LIMIT ?
                """)
            row.bind(range.binds + [.int(low), .int(high)] + plan.restBinds + [.int(Int64(need))])
            var found: [Int64] = []
            while try row.step() { found.append(row.int64(0)) }
            row.reset()
            best = plan.ranges.count == 1 ? found : merged(best, found, limit: need, descending: descending)
        }
        return Array(best.dropFirst(page.skip).prefix(page.size))
    }

    private func merged(_ one: [Int64], _ other: [Int64], limit: Int, descending: Bool) -> [Int64] {
        if other.isEmpty { return one }
        var result: [Int64] = []
        result.reserveCapacity(min(limit, one.count + other.count))
        var (left, right) = (0, 0)
        while result.count < limit, left < one.count || right < other.count {
            if right == other.count
                || left < one.count && (descending ? one[left] > other[right] : one[left] < other[right])
            {
                result.append(one[left])
                left += 1
            } else {
                result.append(other[right])
                right += 1
            }
        }
        return result
    }

    /// Orders that no index has: all rows that match are sorted.
    private func sorted(_ query: ExecutionQuery, _ plan: ExecutionPlan, _ page: PageRequest) throws(StorageError)
        -> [Int64]
    {
        let key: String
        switch query.sort {
        case .startDate, .id: key = "e.key"
        case .endDate: key = "(e.key >> 20) + e.duration"
        case .duration: key = "e.duration"
        case .state:
            key =
                "CASE e.state " + State.allCases.map { "WHEN \($0.code) THEN '\($0.rawValue)'" }.joined(separator: " ")
                + " END"
        case .namespace: key = "(SELECT name FROM namespaces WHERE key = e.namespace)"
        case .flowID: key = "(SELECT id FROM flows WHERE key = e.flow)"
        }
        let ranges = plan.ranges.map {
            "SELECT e.key AS key, \(key) AS place FROM \($0.tables) WHERE \($0.condition) AND \($0.key) BETWEEN ? AND ?\(plan.rest)"
        }
        let direction = query.descending ? "DESC" : "ASC"
        // A compound of many parts is refused by SQLite; each part gives its own first rows, which are then sorted again.
        var rows: [(key: Int64, place: Place)] = []
        let (sum, overflow) = page.skip.addingReportingOverflow(page.size)
        let need = overflow ? Int.max : sum
        for (range, sql) in zip(plan.ranges, ranges) {
            let row = try statement("\(sql) ORDER BY place \(direction), key DESC LIMIT ?")
            row.bind(range.binds + [.int(plan.low), .int(plan.high)] + plan.restBinds + [.int(Int64(need))])
            while try row.step() {
                rows.append(
                    (
                        row.int64(0),
                        row.isNull(1) ? .none : query.sort.isText ? .text(row.text(1)) : .number(row.int64(1))
                    ))
            }
            row.reset()
        }
        rows.sort { one, other in
            one.place == other.place ? one.key > other.key : (one.place < other.place) != query.descending
        }
        return rows.dropFirst(page.skip).prefix(page.size).map(\.key)
    }

    func executionCount(_ plan: ExecutionPlan) throws(StorageError) -> Int {
        var total = 0
        for range in plan.ranges {
            if let count = range.count, !plan.isBounded, plan.rest.isEmpty {
                total += count
                continue
            }
            let row = try statement(
                "SELECT count(*) FROM \(range.tables) WHERE \(range.condition) AND \(range.key) BETWEEN ? AND ?\(plan.rest)"
            )
            row.bind(range.binds + [.int(plan.low), .int(plan.high)] + plan.restBinds)
            if try row.step() { total += row.int(0) }
            row.reset()
        }
        return total
    }

    // MARK: Rows

    func executions(keys: [Int64]) throws(StorageError) -> [Execution] {
        let row = try statement("SELECT \(ExecutionRow.columns) FROM \(ExecutionRow.tables) WHERE e.key = ?1")
        var executions: [Execution] = []
        executions.reserveCapacity(keys.count)
        for key in keys {
            row.bind(1, key)
            defer { row.reset() }
            if try row.step() { executions.append(try ExecutionRow.execution(row)) }
        }
        return executions
    }

    func execution(_ id: ExecutionID) throws(StorageError) -> (execution: Execution, isOpen: Bool)? {
        guard let key = Int64(exactly: id.high) else { return nil }
        let row = try statement(
            "SELECT \(ExecutionRow.columns) FROM \(ExecutionRow.tables) WHERE e.key = ?1 AND e.low = ?2")
        row.bind(1, key)
        row.bind(2, Int64(bitPattern: id.low))
        defer { row.reset() }
        return try row.step() ? (try ExecutionRow.execution(row), row.int(6) == 1) : nil
    }

    func taskRuns(
        of id: ExecutionID, after number: Int? = nil, limit: Int? = nil
    ) throws(StorageError) -> [TaskRun] {
        guard let key = Int64(exactly: id.high) else { return [] }
        let row = try statement(
            """
            SELECT \(TaskRunRow.columns) FROM \(TaskRunRow.tables)
            WHERE t.execution = ?1 AND t.number > ?2 ORDER BY t.number LIMIT ?3
            """)
        row.bind(1, key)
        row.bind(2, number ?? -1)
        row.bind(3, limit ?? -1)
        defer { row.reset() }
        var runs: [TaskRun] = []
        while try row.step() { runs.append(try TaskRunRow.taskRun(row, of: id)) }
        return runs
    }

    func ids(keys: [Int64]) throws(StorageError) -> [ExecutionID] {
        let row = try statement("SELECT key, low FROM executions WHERE key = ?1")
        var ids: [ExecutionID] = []
        for key in keys {
            row.bind(1, key)
            defer { row.reset() }
            if try row.step() { ids.append(ExecutionRow.id(row)) }
        }
        return ids
    }

    /// Executions with their task runs; what was deleted since its key was found is left out.
    func snapshots(keys: [Int64]) throws(StorageError) -> [ExecutionSnapshot] {
        let row = try statement("SELECT \(ExecutionRow.columns) FROM \(ExecutionRow.tables) WHERE e.key = ?1")
        var snapshots: [ExecutionSnapshot] = []
        for key in keys {
            row.bind(1, key)
            defer { row.reset() }
            guard try row.step() else { continue }
            let execution = try ExecutionRow.execution(row)
            snapshots.append(
                ExecutionSnapshot(
                    execution: execution, taskRuns: try taskRuns(of: execution.id), isOpen: row.int(6) == 1))
        }
        return snapshots
    }

    func openKeys(after id: ExecutionID?, limit: Int) throws(StorageError) -> [Int64] {
        let row = try statement("SELECT key FROM executions WHERE open = 1 AND key > ?1 ORDER BY key LIMIT ?2")
        row.bind(1, id.map { Int64(clamping: $0.high) } ?? .min)
        row.bind(2, limit)
        defer { row.reset() }
        var keys: [Int64] = []
        while try row.step() { keys.append(row.int64(0)) }
        return keys
    }
}

/// What a row is sorted by; nothing comes first.
private enum Place: Comparable {
    case none
    case number(Int64)
    case text(String)
}

extension ExecutionQuery.Sort {
    fileprivate var isText: Bool {
        switch self {
        case .state, .namespace, .flowID: true
        case .startDate, .endDate, .duration, .id: false
        }
    }
}
