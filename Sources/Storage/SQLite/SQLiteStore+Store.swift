import FlowModel

extension SQLiteStore {
    public func saveFlows(_ writes: [FlowWrite], deleting removals: [FlowRemoval], at now: Timestamp)
        async throws(StorageError) -> FlowsSaved
    {
        try await write { session throws(StorageError) in try session.saveFlows(writes, deleting: removals, at: now) }
    }

    public func deleteRevisions(of flow: FlowKey, before: Timestamp?, keeping: Int) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            try session.deleteRevisions(of: flow, before: before, keeping: keeping)
        }
    }

    public func deleteKV(namespace: String, keys: [String], at now: Timestamp) async throws(StorageError) -> [String] {
        try await write { session throws(StorageError) in try session.deleteKV(namespace, keys, at: now) }
    }

    public func purgeExecutions(
        _ query: ExecutionQuery, limit: Int, evenOpen: Bool, rows: Bool, logs: Bool, metrics: Bool
    ) async throws(StorageError) -> Purged {
        try await write { session throws(StorageError) in
            try session.purgeExecutions(
                query, limit: limit, evenOpen: evenOpen, rows: rows, logs: logs, metrics: metrics)
        }
    }

    public func purgeLogs(_ query: LogQuery, limit: Int) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in try session.purgeLogs(query, limit: limit) }
    }

    public func deleteLogs(of execution: ExecutionID, _ filter: LogFilter) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in try session.deleteLogs(of: execution, filter) }
    }

    // MARK: Flows

    public func flow(_ key: FlowKey, revision: Int?, evenDeleted: Bool) async throws(StorageError) -> StoredFlow? {
        try await read { rows throws(StorageError) in try rows.flow(key, revision: revision, evenDeleted: evenDeleted) }
    }

    public func flows(_ keys: [(key: FlowKey, revision: Int?)]) async throws(StorageError) -> [StoredFlow] {
        try await read { rows throws(StorageError) in
            var found: [StoredFlow] = []
            for (key, revision) in keys {
                if let flow = try rows.flow(key, revision: revision, evenDeleted: false) { found.append(flow) }
            }
            return found
        }
    }

    public func revisions(of key: FlowKey) async throws(StorageError) -> [StoredFlow] {
        try await read { rows throws(StorageError) in try rows.revisions(of: key) }
    }

    public func flowHeads(_ query: FlowQuery, _ page: PageRequest) async throws(StorageError) -> Page<FlowHead> {
        try await read { rows throws(StorageError) in try rows.flowHeads(query, page) }
    }

    public func flows(_ query: FlowQuery, _ page: PageRequest) async throws(StorageError) -> Page<StoredFlow> {
        try await read { rows throws(StorageError) in try rows.flows(query, page) }
    }

    public func namespaces() async throws(StorageError) -> [String] {
        try await read { rows throws(StorageError) in try rows.namespacesWithFlows() }
    }

    public func flowChanges(_ namespace: NamespaceFilter) async throws(StorageError) -> Int {
        try await read { rows throws(StorageError) in try rows.flowChanges(namespace) }
    }

    // MARK: Executions

    public func execution(_ id: ExecutionID) async throws(StorageError) -> Execution? {
        try await read { rows throws(StorageError) in try rows.execution(id)?.execution }
    }

    public func snapshot(_ id: ExecutionID) async throws(StorageError) -> ExecutionSnapshot? {
        try await read { rows throws(StorageError) in
            guard let found = try rows.execution(id) else { return nil }
            return ExecutionSnapshot(
                execution: found.execution, taskRuns: try rows.taskRuns(of: id), isOpen: found.isOpen)
        }
    }

    public func taskRuns(of id: ExecutionID) async throws(StorageError) -> [TaskRun] {
        try await read { rows throws(StorageError) in try rows.taskRuns(of: id) }
    }

    public func taskRuns(
        of id: ExecutionID, after number: Int?, limit: Int
    ) async throws(StorageError) -> [TaskRun] {
        try await read { rows throws(StorageError) in try rows.taskRuns(of: id, after: number, limit: limit) }
    }

    public func executions(_ query: ExecutionQuery, _ page: PageRequest) async throws(StorageError) -> Page<Execution> {
        try await read { rows throws(StorageError) in
            let plan = try rows.plan(query)
            let keys = try rows.executionKeys(query, plan, page)
            return Page(try rows.executions(keys: keys), total: try rows.executionCount(plan))
        }
    }

    public func snapshots(_ query: ExecutionQuery, _ page: PageRequest) async throws(StorageError)
        -> Page<ExecutionSnapshot>
    {
        try await read { rows throws(StorageError) in
            let plan = try rows.plan(query)
            let keys = try rows.executionKeys(query, plan, page)
            return Page(try rows.snapshots(keys: keys), total: try rows.executionCount(plan))
        }
    }

    public func executionCount(_ query: ExecutionQuery) async throws(StorageError) -> Int {
        try await read { rows throws(StorageError) in try rows.executionCount(try rows.plan(query)) }
    }

    public func executionIDs(_ query: ExecutionQuery, limit: Int) async throws(StorageError) -> [ExecutionID] {
        try await read { rows throws(StorageError) in
            try rows.ids(keys: try rows.executionKeys(query, try rows.plan(query), PageRequest(size: limit)))
        }
    }

    public func executionIDs(beginningWith prefix: String, limit: Int) async throws(StorageError) -> [ExecutionID] {
        try await read { rows throws(StorageError) in
            guard let range = IDPrefix(prefix) else { return [] }
            let row = try rows.statement("SELECT key, low FROM executions WHERE key BETWEEN ?1 AND ?2 ORDER BY key")
            row.bind(1, range.low)
            row.bind(2, range.high)
            defer { row.reset() }
            var ids: [ExecutionID] = []
            while ids.count < limit, try row.step() {
                let id = ExecutionRow.id(row)
                // The last digits of a long prefix lie in the low half.
                if id.description.hasPrefix(prefix) { ids.append(id) }
            }
            return ids
        }
    }

    public func openExecutions(after id: ExecutionID?, limit: Int) async throws(StorageError) -> [ExecutionSnapshot] {
        try await read { rows throws(StorageError) in
            try rows.snapshots(keys: try rows.openKeys(after: id, limit: limit))
        }
    }

    public func executionCounts(_ namespace: NamespaceFilter, flowID: String?) async throws(StorageError)
        -> [ExecutionCount]
    {
        try await read { rows throws(StorageError) in try rows.executionCounts(namespace, flowID: flowID) }
    }

    public func executionBuckets(_ query: ExecutionQuery, milliseconds: Int64, offset: Int64, byFlow: Bool)
        async throws(StorageError) -> [ExecutionBucket]
    {
        try await read { rows throws(StorageError) in
            try rows.buckets(query, milliseconds: milliseconds, offset: offset, byFlow: byFlow)
        }
    }

    public func lastExecutions(of flows: [FlowKey]) async throws(StorageError) -> [FlowKey: Execution] {
        try await read { rows throws(StorageError) in try rows.lastExecutions(of: flows) }
    }

    public func children(of id: ExecutionID) async throws(StorageError) -> [ChildLink] {
        try await read { rows throws(StorageError) in try rows.children(of: id) }
    }

    public func parent(of id: ExecutionID) async throws(StorageError) -> ChildLink? {
        try await read { rows throws(StorageError) in try rows.parent(of: id) }
    }

    // MARK: Logs and metrics

    public func logs(of id: ExecutionID, after number: Int?, _ filter: LogFilter, limit: Int?)
        async throws(StorageError) -> [LogLine]
    {
        try await read { rows throws(StorageError) in try rows.logs(of: id, after: number, filter, limit: limit) }
    }

    public func logs(_ query: LogQuery, _ page: PageRequest) async throws(StorageError) -> Page<LogLine> {
        try await read { rows throws(StorageError) in try rows.logs(query, page) }
    }

    public func metrics(of id: ExecutionID, taskRun: Int?, taskID: String?) async throws(StorageError) -> [MetricEntry]
    {
        try await read { rows throws(StorageError) in try rows.metrics(of: id, taskRun: taskRun, taskID: taskID) }
    }

    public func metricNames(_ flow: FlowKey, taskID: String?) async throws(StorageError) -> [String] {
        try await read { rows throws(StorageError) in try rows.metricNames(flow, taskID: taskID) }
    }

    public func metricTasks(_ flow: FlowKey) async throws(StorageError) -> [String] {
        try await read { rows throws(StorageError) in try rows.metricTasks(flow) }
    }

    public func metrics(_ flow: FlowKey, taskID: String?, name: String, from: Timestamp, to: Timestamp)
        async throws(StorageError) -> [MetricEntry]
    {
        try await read { rows throws(StorageError) in
            try rows.metrics(flow, taskID: taskID, name: name, from: from, to: to)
        }
    }

    // MARK: Timers, triggers, values

    public func timers(dueBy: Timestamp?, limit: Int?) async throws(StorageError) -> [TimerRow] {
        try await read { rows throws(StorageError) in try rows.timers(dueBy: dueBy, limit: limit) }
    }

    public func timers(of id: ExecutionID) async throws(StorageError) -> [TimerRow] {
        try await read { rows throws(StorageError) in try rows.timers(of: id) }
    }

    public func triggers(_ namespace: NamespaceFilter, flowID: String?, text: String?) async throws(StorageError)
        -> [TriggerState]
    {
        try await read { rows throws(StorageError) in try rows.triggers(namespace, flowID: flowID, text: text) }
    }

    public func trigger(_ key: TriggerKey) async throws(StorageError) -> TriggerState? {
        try await read { rows throws(StorageError) in try rows.trigger(key) }
    }

    public func kv(namespace: String, key: String, at now: Timestamp) async throws(StorageError) -> KVLookup {
        try await read { rows throws(StorageError) in try rows.kv(namespace: namespace, key: key, at: now) }
    }

    public func kvEntries(_ namespace: NamespaceFilter, prefix: String?, at now: Timestamp) async throws(StorageError)
        -> [KVEntry]
    {
        try await read { rows throws(StorageError) in try rows.kvEntries(namespace, prefix: prefix, at: now) }
    }

    public func kvNamespaces() async throws(StorageError) -> [String] {
        try await read { rows throws(StorageError) in try rows.kvNamespaces() }
    }

    public func mark(space: String, key: String) async throws(StorageError) -> [UInt8]? {
        try await read { rows throws(StorageError) in try rows.mark(space: space, key: key) }
    }

    public func marks(space: String, prefix: String) async throws(StorageError) -> [(key: String, value: [UInt8])] {
        try await read { rows throws(StorageError) in try rows.marks(space: space, prefix: prefix) }
    }
}
