import FlowModel
import Storage

/// A store whose commits fail when its test says so.
struct FaultyStore: Store {
    let inner: any Store
    let faults: Faults

    init(_ inner: any Store, _ faults: Faults) {
        self.inner = inner
        self.faults = faults
    }

    func commit(_ changes: [Change]) async throws(StorageError) {
        if let kind = faults.fails.withLock({ $0 }) { throw StorageError(kind, "The disk refuses") }
        try await inner.commit(changes)
    }
    func saveFlows(_ writes: [FlowWrite], deleting removals: [FlowRemoval], at now: Timestamp)
        async throws(StorageError) -> FlowsSaved
    {
        try await inner.saveFlows(writes, deleting: removals, at: now)
    }
    func deleteRevisions(of flow: FlowKey, before: Timestamp?, keeping: Int) async throws(StorageError) -> Int {
        try await inner.deleteRevisions(of: flow, before: before, keeping: keeping)
    }
    func deleteKV(namespace: String, keys: [String], at now: Timestamp) async throws(StorageError) -> [String] {
        try await inner.deleteKV(namespace: namespace, keys: keys, at: now)
    }
    func purgeExecutions(_ query: ExecutionQuery, limit: Int, evenOpen: Bool, rows: Bool, logs: Bool, metrics: Bool)
        async throws(StorageError) -> Purged
    {
        try await inner.purgeExecutions(
            query, limit: limit, evenOpen: evenOpen, rows: rows, logs: logs, metrics: metrics)
    }
    func purgeLogs(_ query: LogQuery, limit: Int) async throws(StorageError) -> Int {
        try await inner.purgeLogs(query, limit: limit)
    }
    func deleteLogs(of execution: ExecutionID, _ filter: LogFilter) async throws(StorageError) -> Int {
        try await inner.deleteLogs(of: execution, filter)
    }
    func flow(_ key: FlowKey, revision: Int?, evenDeleted: Bool) async throws(StorageError) -> StoredFlow? {
        try await inner.flow(key, revision: revision, evenDeleted: evenDeleted)
    }
    func flows(_ keys: [(key: FlowKey, revision: Int?)]) async throws(StorageError) -> [StoredFlow] {
        try await inner.flows(keys)
    }
    func revisions(of key: FlowKey) async throws(StorageError) -> [StoredFlow] {
        try await inner.revisions(of: key)
    }
    func flowHeads(_ query: FlowQuery, _ page: PageRequest) async throws(StorageError) -> Page<FlowHead> {
        try await inner.flowHeads(query, page)
    }
    func flows(_ query: FlowQuery, _ page: PageRequest) async throws(StorageError) -> Page<StoredFlow> {
        try await inner.flows(query, page)
    }
    func namespaces() async throws(StorageError) -> [String] {
        try await inner.namespaces()
    }
    func flowChanges(_ namespace: NamespaceFilter) async throws(StorageError) -> Int {
        try await inner.flowChanges(namespace)
    }
    func execution(_ id: ExecutionID) async throws(StorageError) -> Execution? {
        try await inner.execution(id)
    }
    func snapshot(_ id: ExecutionID) async throws(StorageError) -> ExecutionSnapshot? {
        try await inner.snapshot(id)
    }
    func taskRuns(of id: ExecutionID) async throws(StorageError) -> [TaskRun] {
        try await inner.taskRuns(of: id)
    }
    func taskRuns(of id: ExecutionID, after number: Int?, limit: Int) async throws(StorageError) -> [TaskRun] {
        try await inner.taskRuns(of: id, after: number, limit: limit)
    }
    func executions(_ query: ExecutionQuery, _ page: PageRequest) async throws(StorageError) -> Page<Execution> {
        try await inner.executions(query, page)
    }
    func snapshots(_ query: ExecutionQuery, _ page: PageRequest) async throws(StorageError) -> Page<ExecutionSnapshot> {
        try await inner.snapshots(query, page)
    }
    func executionCount(_ query: ExecutionQuery) async throws(StorageError) -> Int {
        try await inner.executionCount(query)
    }
    func executionIDs(_ query: ExecutionQuery, limit: Int) async throws(StorageError) -> [ExecutionID] {
        try await inner.executionIDs(query, limit: limit)
    }
    func executionIDs(beginningWith prefix: String, limit: Int) async throws(StorageError) -> [ExecutionID] {
        try await inner.executionIDs(beginningWith: prefix, limit: limit)
    }
    func openExecutions(after id: ExecutionID?, limit: Int) async throws(StorageError) -> [ExecutionSnapshot] {
        try await inner.openExecutions(after: id, limit: limit)
    }
    func executionCounts(_ namespace: NamespaceFilter, flowID: String?) async throws(StorageError) -> [ExecutionCount] {
        try await inner.executionCounts(namespace, flowID: flowID)
    }
    func executionBuckets(_ query: ExecutionQuery, milliseconds: Int64, offset: Int64, byFlow: Bool)
        async throws(StorageError) -> [ExecutionBucket]
    {
        try await inner.executionBuckets(query, milliseconds: milliseconds, offset: offset, byFlow: byFlow)
    }
    func lastExecutions(of flows: [FlowKey]) async throws(StorageError) -> [FlowKey: Execution] {
        try await inner.lastExecutions(of: flows)
    }
    func children(of id: ExecutionID) async throws(StorageError) -> [ChildLink] {
        try await inner.children(of: id)
    }
    func parent(of id: ExecutionID) async throws(StorageError) -> ChildLink? {
        try await inner.parent(of: id)
    }
    func logs(of id: ExecutionID, after number: Int?, _ filter: LogFilter, limit: Int?) async throws(StorageError)
        -> [LogLine]
    {
        try await inner.logs(of: id, after: number, filter, limit: limit)
    }
    func logs(_ query: LogQuery, _ page: PageRequest) async throws(StorageError) -> Page<LogLine> {
        try await inner.logs(query, page)
    }
    func metrics(of id: ExecutionID, taskRun: Int?, taskID: String?) async throws(StorageError) -> [MetricEntry] {
        try await inner.metrics(of: id, taskRun: taskRun, taskID: taskID)
    }
    func metricNames(_ flow: FlowKey, taskID: String?) async throws(StorageError) -> [String] {
        try await inner.metricNames(flow, taskID: taskID)
    }
    func metricTasks(_ flow: FlowKey) async throws(StorageError) -> [String] {
        try await inner.metricTasks(flow)
    }
    func metrics(_ flow: FlowKey, taskID: String?, name: String, from: Timestamp, to: Timestamp)
        async throws(StorageError) -> [MetricEntry]
    {
        try await inner.metrics(flow, taskID: taskID, name: name, from: from, to: to)
    }
    func timers(dueBy: Timestamp?, limit: Int?) async throws(StorageError) -> [TimerRow] {
        try await inner.timers(dueBy: dueBy, limit: limit)
    }
    func timers(of id: ExecutionID) async throws(StorageError) -> [TimerRow] {
        try await inner.timers(of: id)
    }
    func triggers(_ namespace: NamespaceFilter, flowID: String?, text: String?) async throws(StorageError)
        -> [TriggerState]
    {
        try await inner.triggers(namespace, flowID: flowID, text: text)
    }
    func trigger(_ key: TriggerKey) async throws(StorageError) -> TriggerState? {
        try await inner.trigger(key)
    }
    func kv(namespace: String, key: String, at now: Timestamp) async throws(StorageError) -> KVLookup {
        try await inner.kv(namespace: namespace, key: key, at: now)
    }
    func kvEntries(_ namespace: NamespaceFilter, prefix: String?, at now: Timestamp) async throws(StorageError)
        -> [KVEntry]
    {
        try await inner.kvEntries(namespace, prefix: prefix, at: now)
    }
    func kvNamespaces() async throws(StorageError) -> [String] {
        try await inner.kvNamespaces()
    }
    func mark(space: String, key: String) async throws(StorageError) -> [UInt8]? {
        try await inner.mark(space: space, key: key)
    }
    func marks(space: String, prefix: String) async throws(StorageError) -> [(key: String, value: [UInt8])] {
        try await inner.marks(space: space, prefix: prefix)
    }
    func close() async throws(StorageError) {
        try await inner.close()
    }
}
