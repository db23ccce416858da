import FlowModel

/// Where everything that must outlive a restart is kept as rows: flows, executions, logs, timers, triggers, key-values.
///
/// Writes go through one writer in the order of their calls and answer when they are durable. Reads see a committed state,
/// each call one moment of it, and wait for no writer.
public protocol Store: Sendable {
    // MARK: Writing

    /// Does all changes or none, and answers once they are on disk. Calls that come together share one transaction.
    /// - Throws: `conflict` or `duplicate` when a condition of a change does not hold, `diskFull` or `io` when the disk
    ///   refuses; then nothing of this call is kept.
    func commit(_ changes: [Change]) async throws(StorageError)

    /// Stores new revisions by the rules of engine spec §1.3 and deletes flows, all in one transaction. A source equal to the
    /// newest one, but for one `revision: n` line at the left margin, changes nothing.
    func saveFlows(_ writes: [FlowWrite], deleting removals: [FlowRemoval], at now: Timestamp)
        async throws(StorageError) -> FlowsSaved

    /// Removes old revisions, never the newest `keeping`. - Returns: how many.
    func deleteRevisions(of flow: FlowKey, before: Timestamp?, keeping: Int) async throws(StorageError) -> Int

    /// Deletes the entries there are. - Returns: the keys that were there and had not expired.
    func deleteKV(namespace: String, keys: [String], at now: Timestamp) async throws(StorageError) -> [String]

    /// Deletes at most `limit` terminated executions (with `evenOpen`, any) that match, oldest first, in one short transaction.
    func purgeExecutions(
        _ query: ExecutionQuery, limit: Int, evenOpen: Bool, rows: Bool, logs: Bool, metrics: Bool
    ) async throws(StorageError) -> Purged

    /// Deletes at most `limit` log lines that match. - Returns: how many; fewer than `limit` when none is left.
    func purgeLogs(_ query: LogQuery, limit: Int) async throws(StorageError) -> Int

    /// - Returns: how many lines were deleted.
    func deleteLogs(of execution: ExecutionID, _ filter: LogFilter) async throws(StorageError) -> Int

    // MARK: Flows

    /// The newest revision, or the given one. A deleted flow is not found without a revision, unless `evenDeleted`.
    func flow(_ key: FlowKey, revision: Int?, evenDeleted: Bool) async throws(StorageError) -> StoredFlow?
    /// All that are there, in no particular order; deleted revisions included when they are asked for by number.
    func flows(_ keys: [(key: FlowKey, revision: Int?)]) async throws(StorageError) -> [StoredFlow]
    /// Ascending by revision.
    func revisions(of key: FlowKey) async throws(StorageError) -> [StoredFlow]
    func flowHeads(_ query: FlowQuery, _ page: PageRequest) async throws(StorageError) -> Page<FlowHead>
    func flows(_ query: FlowQuery, _ page: PageRequest) async throws(StorageError) -> Page<StoredFlow>
    /// Namespaces that have flows, ascending.
    func namespaces() async throws(StorageError) -> [String]
    /// Counts up with every stored change of a flow of this namespace (with children: of all of them); 0 before the first.
    func flowChanges(_ namespace: NamespaceFilter) async throws(StorageError) -> Int

    // MARK: Executions

    func execution(_ id: ExecutionID) async throws(StorageError) -> Execution?
    func snapshot(_ id: ExecutionID) async throws(StorageError) -> ExecutionSnapshot?
    /// Ascending by number.
    func taskRuns(of id: ExecutionID) async throws(StorageError) -> [TaskRun]
    /// Those with numbers above `number`, ascending, at most `limit`.
    func taskRuns(of id: ExecutionID, after number: Int?, limit: Int) async throws(StorageError) -> [TaskRun]
    func executions(_ query: ExecutionQuery, _ page: PageRequest) async throws(StorageError) -> Page<Execution>
    /// As ``executions(_:_:)``, with the task runs of each.
    func snapshots(_ query: ExecutionQuery, _ page: PageRequest) async throws(StorageError) -> Page<ExecutionSnapshot>
    func executionCount(_ query: ExecutionQuery) async throws(StorageError) -> Int
    /// Ids that match, in the query's order, at most `limit`.
    func executionIDs(_ query: ExecutionQuery, limit: Int) async throws(StorageError) -> [ExecutionID]
    /// The executions whose id begins with this text, at most `limit`, oldest first.
    func executionIDs(beginningWith prefix: String, limit: Int) async throws(StorageError) -> [ExecutionID]
    /// Executions for which the engine has more to do, oldest first; what a restart needs.
    func openExecutions(after id: ExecutionID?, limit: Int) async throws(StorageError) -> [ExecutionSnapshot]
    /// Counts by flow and state from counters that are always exact; flows without executions have none.
    func executionCounts(_ namespace: NamespaceFilter, flowID: String?) async throws(StorageError) -> [ExecutionCount]
    /// Counts and durations by stretches of `milliseconds` counted from 1970 plus `offset`.
    func executionBuckets(_ query: ExecutionQuery, milliseconds: Int64, offset: Int64, byFlow: Bool)
        async throws(StorageError) -> [ExecutionBucket]
    /// The last execution of each of these flows.
    func lastExecutions(of flows: [FlowKey]) async throws(StorageError) -> [FlowKey: Execution]
    /// Executions started by this one, oldest first.
    func children(of id: ExecutionID) async throws(StorageError) -> [ChildLink]
    /// The execution that started this one.
    func parent(of id: ExecutionID) async throws(StorageError) -> ChildLink?

    // MARK: Logs and metrics

    /// Lines of one execution, ascending; `after` is the number of the last line already seen.
    func logs(of id: ExecutionID, after number: Int?, _ filter: LogFilter, limit: Int?)
        async throws(StorageError) -> [LogLine]
    /// Newest first unless the query says otherwise.
    func logs(_ query: LogQuery, _ page: PageRequest) async throws(StorageError) -> Page<LogLine>
    func metrics(of id: ExecutionID, taskRun: Int?, taskID: String?) async throws(StorageError) -> [MetricEntry]
    /// Names of the metrics of a flow, or of one task of it, ascending.
    func metricNames(_ flow: FlowKey, taskID: String?) async throws(StorageError) -> [String]
    /// Ids of the tasks of a flow that have told metrics, ascending.
    func metricTasks(_ flow: FlowKey) async throws(StorageError) -> [String]
    /// Oldest first.
    func metrics(_ flow: FlowKey, taskID: String?, name: String, from: Timestamp, to: Timestamp)
        async throws(StorageError) -> [MetricEntry]

    // MARK: Timers, triggers, values

    /// Ascending by moment; with `dueBy`, only those due at that moment.
    func timers(dueBy: Timestamp?, limit: Int?) async throws(StorageError) -> [TimerRow]
    func timers(of id: ExecutionID) async throws(StorageError) -> [TimerRow]
    /// Ascending by namespace, flow and id; `text` is part of any of the three, in any case.
    func triggers(_ namespace: NamespaceFilter, flowID: String?, text: String?) async throws(StorageError)
        -> [TriggerState]
    func trigger(_ key: TriggerKey) async throws(StorageError) -> TriggerState?
    func kv(namespace: String, key: String, at now: Timestamp) async throws(StorageError) -> KVLookup
    /// Unexpired entries, ascending by namespace and key.
    func kvEntries(_ namespace: NamespaceFilter, prefix: String?, at now: Timestamp) async throws(StorageError)
        -> [KVEntry]
    /// Namespaces that hold entries, expired ones too, ascending.
    func kvNamespaces() async throws(StorageError) -> [String]
    func mark(space: String, key: String) async throws(StorageError) -> [UInt8]?
    /// Ascending by key.
    func marks(space: String, prefix: String) async throws(StorageError) -> [(key: String, value: [UInt8])]

    // MARK: Life

    /// Waits for what was asked to be written, brings the database file up to date and closes it. Later calls fail with `closed`.
    func close() async throws(StorageError)
}
