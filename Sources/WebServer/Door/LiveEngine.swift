import EngineCore
import EngineRuntime
import Expressions
import FlowModel
import Storage
import TaskKit

/// The real engine behind the routes.
struct LiveEngine: EngineDoor {
    let engine: Engine

    var store: any Store { engine.store }
    var files: any FileStore { engine.files }
    var catalogue: TaskKit.Catalogue { engine.catalogue }
    var clock: any FlowClock { engine.services.clock }
    var unreadiness: String? {
        if let fault = engine.diskFault { return "executions halt until there is room on the disk: \(fault.what)" }
        return engine.isReady ? nil : "unfinished executions are being taken up"
    }

    // MARK: flows

    func check(_ source: String) async -> FlowCheck { engine.check(flow: source) }

    func save(_ source: String, expecting: SaveExpectation) async throws -> FlowKey {
        let saved = try await engine.save(flow: source, expecting: expecting)
        return FlowKey(saved.flow.namespace, saved.flow.id)
    }

    func save(_ sources: [(key: FlowKey, source: String)], deleting: [FlowKey]) async throws -> FlowsSaved {
        try await engine.shelf.save(
            sources.map { FlowShelf.Save(key: $0.key, source: $0.source) }, deleting: deleting.map { FlowRemoval($0) })
    }

    func delete(_ flow: FlowKey) async throws -> Bool { try await engine.deleteFlow(flow) }

    func declaration(of flow: FlowKey, revision: Int?) async throws -> FlowDeclaration? {
        guard let loaded = try await engine.shelf.flow(flow, revision: revision) else { return nil }
        switch loaded.content {
        case .ready(let compiled):
            return FlowDeclaration(
                revision: loaded.revision, isDisabled: loaded.head.disabled, inputs: compiled.flow.inputs)
        case .broken(let problems):
            return FlowDeclaration(
                revision: loaded.revision, isDisabled: loaded.head.disabled, inputs: [],
                exception: problems.errors.map(\.line).joined(separator: "\n"))
        }
    }

    // MARK: executions

    func makeExecutionID() -> ExecutionID { engine.newExecutionID() }
    func start(_ request: StartRequest) async throws -> (execution: Execution, remarks: [String]) {
        try await engine.started(request)
    }

    func checkInputs(of flow: FlowKey, revision: Int?, given: ValueMap) async throws -> ResolvedInputs {
        try await engine.checkInputs(given, of: flow, revision: revision).resolved
    }

    func end(of id: ExecutionID) async throws -> ExecutionSnapshot { try await engine.end(of: id) }
    func snapshot(of id: ExecutionID) async throws -> ExecutionSnapshot? { try await engine.snapshot(of: id) }
    func live(_ id: ExecutionID) async -> ExecutionSnapshot? { await engine.live(id) }
    func follow(_ id: ExecutionID) async throws -> AsyncStream<ExecutionSnapshot> { try await engine.follow(id) }

    func followLogs(of id: ExecutionID) async throws -> AsyncStream<Void> {
        let changes = try await engine.follow(id)
        return AsyncStream {
            var rest = changes.makeAsyncIterator(); return await rest.next().map { _ in }
        }
    }

    func kill(_ id: ExecutionID, cascade: Bool) async throws { try await engine.kill(id, cascade: cascade) }
    func pause(_ id: ExecutionID) async throws { try await engine.pause(id) }
    func resume(_ id: ExecutionID, inputs: ValueMap) async throws -> [String] {
        try await engine.resume(id, inputs: inputs)
    }

    func checkResumeInputs(of id: ExecutionID, given: ValueMap) async throws -> ValueMap {
        try await engine.checkResumeInputs(given, of: id)
    }

    func delete(_ id: ExecutionID, logs: Bool, metrics: Bool, files: Bool) async throws {
        try await engine.delete(id, logs: logs, metrics: metrics, files: files)
    }

    // MARK: triggers

    func webhook(_ request: WebhookRequest, of flow: FlowKey) async throws -> WebhookAnswer {
        try await engine.webhook(request, of: flow)
    }

    func setDisabled(_ disabled: Bool, trigger: TriggerKey) async throws -> TriggerState {
        try await engine.setDisabled(disabled, trigger: trigger)
    }

    func begin(_ backfill: Backfill, trigger: TriggerKey) async throws -> TriggerState {
        try await engine.begin(backfill, trigger: trigger)
    }

    func unlock(trigger: TriggerKey) async throws -> TriggerState { try await engine.unlock(trigger: trigger) }

    func setBackfill(paused: Bool, trigger: TriggerKey) async throws -> TriggerState {
        try await engine.setBackfill(paused: paused, trigger: trigger)
    }

    func endBackfill(trigger: TriggerKey) async throws -> TriggerState {
        try await engine.endBackfill(trigger: trigger)
    }
    func restart(trigger: TriggerKey) async throws { _ = try await engine.restart(trigger: trigger) }
    func delete(trigger: TriggerKey) async throws { try await store.commit([.removeTrigger(trigger)]) }
}

/// Operations on executions that have ended or wait. Source: engine spec §8.
extension LiveEngine {
    func restart(_ id: ExecutionID, revision: Int?) async throws -> ExecutionSnapshot {
        try await engine.restart(id, revision: revision)
    }

    func replay(_ id: ExecutionID, _ order: ReplayOrder) async throws -> (
        snapshot: ExecutionSnapshot, remarks: [String]
    ) {
        try await engine.replayed(id, from: order.taskRun, revision: order.revision, inputs: order.inputs)
    }

    func changeState(of taskRun: Int, in id: ExecutionID, to state: State) async throws -> ExecutionSnapshot {
        try await engine.changeState(of: taskRun, in: id, to: state)
    }

    func changeStatus(of id: ExecutionID, to state: State) async throws -> ExecutionSnapshot {
        try await engine.changeStatus(of: id, to: state)
    }

    func changeLabels(of id: ExecutionID, to labels: [Label]) async throws -> ExecutionSnapshot {
        try await engine.changeLabels(of: id, to: labels)
    }

    func forceRun(_ id: ExecutionID) async throws -> ExecutionSnapshot { try await engine.forceRun(id) }
    func unqueue(_ id: ExecutionID) async throws -> ExecutionSnapshot { try await engine.unqueue(id) }

    func evaluate(_ expression: String, in id: ExecutionID, taskRun: Int?) async throws -> String {
        do {
            return try await engine.evaluate(expression, in: id, taskRun: taskRun)
        } catch let error as ExpressionError {
            throw Problem("expression", what: error.description)
        }
    }
}
