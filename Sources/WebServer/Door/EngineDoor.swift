import EngineCore
import EngineRuntime
import FlowModel
import Storage
import TaskKit

/// What the routes ask of the engine. ``Engine`` answers it; tests put something smaller in its place.
///
/// Every call throws what the caller should be told: `Problems` for documents, `EngineRefusal` and `Refusal` for the rest.
protocol EngineDoor: Sendable {
    var store: any Store { get }
    var files: any FileStore { get }
    var catalogue: Catalogue { get }
    var clock: any FlowClock { get }
    /// Nil when work can be taken; else why not, in a few words.
    var unreadiness: String? { get }

    // MARK: flows

    func check(_ source: String) async -> FlowCheck
    /// - Returns: what the flow is called. - Throws: `Problems`, also when it exists already or has another name.
    func save(_ source: String, expecting: SaveExpectation) async throws -> FlowKey
    /// Saves all and deletes some, or does nothing.
    func save(_ sources: [(key: FlowKey, source: String)], deleting: [FlowKey]) async throws -> FlowsSaved
    func delete(_ flow: FlowKey) async throws -> Bool
    /// The declared inputs of a revision, and why it cannot run if it cannot; nil for an unknown flow.
    func declaration(of flow: FlowKey, revision: Int?) async throws -> FlowDeclaration?

    // MARK: executions

    func makeExecutionID() -> ExecutionID
    /// - Returns: the execution as it was created; durable. Remarks are for the caller, such as inputs that were dropped.
    func start(_ request: StartRequest) async throws -> (execution: Execution, remarks: [String])
    /// What would become of these inputs; nothing is stored.
    func checkInputs(of flow: FlowKey, revision: Int?, given: ValueMap) async throws -> ResolvedInputs
    /// Waits until the execution is completely finished. Honours cancellation.
    func end(of id: ExecutionID) async throws -> ExecutionSnapshot
    func snapshot(of id: ExecutionID) async throws -> ExecutionSnapshot?
    /// The execution when it is in work at this moment, and so in memory; nil for one that only the store knows.
    func live(_ id: ExecutionID) async -> ExecutionSnapshot?
    func follow(_ id: ExecutionID) async throws -> AsyncStream<ExecutionSnapshot>
    /// Tells at once, and then whenever there may be new lines; ends when there will be none any more.
    func followLogs(of id: ExecutionID) async throws -> AsyncStream<Void>
    func kill(_ id: ExecutionID, cascade: Bool) async throws
    func pause(_ id: ExecutionID) async throws
    /// - Returns: remarks for the caller.
    @discardableResult
    func resume(_ id: ExecutionID, inputs: ValueMap) async throws -> [String]
    /// - Throws: `EngineRefusal.inputs` with all that is wrong.
    func checkResumeInputs(of id: ExecutionID, given: ValueMap) async throws -> ValueMap
    func restart(_ id: ExecutionID, revision: Int?) async throws -> ExecutionSnapshot
    func replay(_ id: ExecutionID, _ order: ReplayOrder) async throws -> (
        snapshot: ExecutionSnapshot, remarks: [String]
    )
    func changeState(of taskRun: Int, in id: ExecutionID, to state: State) async throws -> ExecutionSnapshot
    func changeStatus(of id: ExecutionID, to state: State) async throws -> ExecutionSnapshot
    func changeLabels(of id: ExecutionID, to labels: [Label]) async throws -> ExecutionSnapshot
    func forceRun(_ id: ExecutionID) async throws -> ExecutionSnapshot
    func unqueue(_ id: ExecutionID) async throws -> ExecutionSnapshot
    func delete(_ id: ExecutionID, logs: Bool, metrics: Bool, files: Bool) async throws
    func evaluate(_ expression: String, in id: ExecutionID, taskRun: Int?) async throws -> String

    // MARK: triggers

    func webhook(_ request: WebhookRequest, of flow: FlowKey) async throws -> WebhookAnswer
    func setDisabled(_ disabled: Bool, trigger: TriggerKey) async throws -> TriggerState
    func begin(_ backfill: Backfill, trigger: TriggerKey) async throws -> TriggerState
    func setBackfill(paused: Bool, trigger: TriggerKey) async throws -> TriggerState
    func endBackfill(trigger: TriggerKey) async throws -> TriggerState
    func unlock(trigger: TriggerKey) async throws -> TriggerState
    func restart(trigger: TriggerKey) async throws
    func delete(trigger: TriggerKey) async throws
}

/// What a flow asks for before it runs.
struct FlowDeclaration: Sendable {
    var revision: Int
    var isDisabled = false
    var inputs: [FlowInput]
    /// Why it cannot run, if it cannot.
    var exception: String?
}

/// A copy of an execution to be made. Source: engine spec §8.3.
struct ReplayOrder: Sendable {
    var taskRun: Int?
    var revision: Int?
    /// New raw inputs; nil keeps those of the original.
    var inputs: ValueMap?
}
