import FlowModel

extension Statements {
    func executionCounts(_ namespace: NamespaceFilter, flowID: String?) throws(StorageError) -> [ExecutionCount] {
        let flows = try flowKeys(namespace, ids: flowID.map { [$0] } ?? [], among: [], text: nil)
        let row = try statement(
            """
            SELECT n.name, f.id, c.state, c.count FROM execution_totals c JOIN flows f ON f.key = c.flow
            JOIN namespaces n ON n.key = f.namespace WHERE c.flow = ?1 AND c.count > 0
            """)
        var counts: [ExecutionCount] = []
        for flow in flows {
            row.bind(1, flow)
            while try row.step() {
                guard let state = State(code: row.int(2)) else { continue }
                counts.append(ExecutionCount(flow: FlowKey(row.text(0), row.text(1)), state: state, count: row.int(3)))
            }
            row.reset()
        }
        return counts
    }

    func buckets(_ query: ExecutionQuery, milliseconds: Int64, offset: Int64, byFlow: Bool)
        throws(StorageError) -> [ExecutionBucket]
    {
        let plan = try plan(query)
        var buckets: [BucketGroup: ExecutionBucket] = [:]
        for range in plan.ranges {
            let row = try statement(
                """
                SELECT ((e.key >> 20) - ?1) / ?2, e.state, \(byFlow ? "e.flow" : "0"), count(*), min(e.duration), max(e.duration),
                    sum(e.duration), count(e.duration)
                FROM \(range.tables) WHERE \(range.condition) AND \(range.key) BETWEEN ? AND ?\(plan.rest) GROUP BY 1, 2, 3
                """)
            row.bind(
                [.int(offset), .int(max(milliseconds, 1))] + range.binds + [.int(plan.low), .int(plan.high)]
                    + plan.restBinds)
            while try row.step() {
                guard let state = State(code: row.int(1)) else { continue }
                let group = BucketGroup(start: row.int64(0), state: row.int(1), flow: row.int64(2))
                let start = Timestamp(milliseconds: group.start * max(milliseconds, 1) + offset)
                var bucket =
                    buckets[group]
                    ?? ExecutionBucket(
                        start: start, flow: nil, state: state, count: 0, shortest: nil, longest: nil, durationSum: 0,
                        ended: 0)
                bucket.count += row.int(3)
                bucket.shortest = [bucket.shortest, row.optionalInt64(4)].compactMap(\.self).min()
                bucket.longest = [bucket.longest, row.optionalInt64(5)].compactMap(\.self).max()
                bucket.durationSum += row.int64(6)
                bucket.ended += row.int(7)
                buckets[group] = bucket
            }
            row.reset()
        }
        if byFlow {
            var names: [Int64: FlowKey] = [:]
            for group in buckets.keys {
                if names[group.flow] == nil { names[group.flow] = try flowKey(group.flow) }
                buckets[group]?.flow = names[group.flow]
            }
        }
        return buckets.values.sorted { one, other in
            one.start != other.start
                ? one.start < other.start
                : one.flow != other.flow
                    ? one.flow.map { flow in other.flow.map { flow < $0 } ?? false } ?? true
                    : one.state.code < other.state.code
        }
    }

    func flowKey(_ key: Int64) throws(StorageError) -> FlowKey? {
        let row = try statement(
            "SELECT n.name, f.id FROM flows f JOIN namespaces n ON n.key = f.namespace WHERE f.key = ?1")
        row.bind(1, key)
        defer { row.reset() }
        return try row.step() ? FlowKey(row.text(0), row.text(1)) : nil
    }

    func lastExecutions(of flows: [FlowKey]) throws(StorageError) -> [FlowKey: Execution] {
        var found: [FlowKey: Execution] = [:]
        for flow in flows where found[flow] == nil {
            var query = ExecutionQuery()
            query.flows = [flow]
            let keys = try executionKeys(query, try plan(query), PageRequest(size: 1))
            if let execution = try executions(keys: keys).first { found[flow] = execution }
        }
        return found
    }

    func children(of id: ExecutionID) throws(StorageError) -> [ChildLink] {
        let row = try statement(
            """
            SELECT e.key, e.low, c.task_run, e.state FROM execution_children c CROSS JOIN executions e ON e.key = c.child
            WHERE c.parent = ?1 ORDER BY c.child
            """)
        row.bind(1, Int64(bitPattern: id.high))
        defer { row.reset() }
        var links: [ChildLink] = []
        while try row.step() {
            links.append(
                ChildLink(
                    parent: id, child: ExecutionRow.id(row), taskRun: row.optionalInt(2),
                    childState: State(code: row.int(3)) ?? .created))
        }
        return links
    }

    func parent(of id: ExecutionID) throws(StorageError) -> ChildLink? {
        let row = try statement(
            """
            SELECT p.key, p.low, c.task_run, e.state FROM execution_children c CROSS JOIN executions e ON e.key = c.child
            CROSS JOIN executions p ON p.key = c.parent WHERE c.child = ?1 AND e.low = ?2
            """)
        row.bind(1, Int64(bitPattern: id.high))
        row.bind(2, Int64(bitPattern: id.low))
        defer { row.reset() }
        guard try row.step() else { return nil }
        return ChildLink(
            parent: ExecutionRow.id(row), child: id, taskRun: row.optionalInt(2),
            childState: State(code: row.int(3)) ?? .created)
    }
}

private struct BucketGroup: Hashable {
    var start: Int64
    var state: Int
    var flow: Int64
}
