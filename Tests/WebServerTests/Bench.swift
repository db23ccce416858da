import EngineCore
import EngineRuntime
import Expressions
import FlowModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Storage
import Synchronization
import TaskKit
import TestSupport

@testable import WebServer

/// Stands in for the engine: keeps flows and executions in a real store, runs nothing.
final class QuietEngine: EngineDoor {
    let store: any Store
    let files: any FileStore
    let catalogue = TaskKit.Catalogue(tasks: [.instant(Say.self)], triggers: [])
    let clock: any FlowClock
    private let manual = ManualClock()
    private let ids = Mutex<UInt32>(0)
    /// What was asked for, in words.
    let asked = Mutex<[String]>([])
    /// Executions that pass for being in work.
    let liveOnes = Mutex<[ExecutionID: ExecutionSnapshot]>([:])
    let webhookAnswer = Mutex<WebhookAnswer>(.declined)

    init(folder: String) throws {
        store = try SQLiteStore(path: folder + "/test.db")
        files = try DiskFileStore(root: folder + "/files")
        clock = manual
    }

    var unreadiness: String? { nil }
    private func note(_ text: String) { asked.withLock { $0.append(text) } }

    func check(_ source: String) async -> FlowCheck {
        do throws(Problems) {
            let flow = try FlowReader(catalogue: catalogue).read(source).flow
            return FlowCheck(id: flow.id, namespace: flow.namespace)
        } catch {
            return FlowCheck(id: nil, namespace: nil, problems: error.all)
        }
    }

    func save(_ source: String, expecting: SaveExpectation) async throws -> FlowKey {
        let flow = try FlowReader(catalogue: catalogue).read(source).flow
        let key = FlowKey(flow.namespace, flow.id)
        if case .create = expecting, try await store.flow(key, revision: nil, evenDeleted: false) != nil {
            throw Problems(Problem("flow.exists", path: "flow.id", what: "Flow id already exists"))
        }
        _ = try await store.saveFlows(
            [FlowWrite(key: key, source: source, disabled: flow.disabled)], deleting: [], at: clock.now)
        return key
    }

    func save(_ sources: [(key: FlowKey, source: String)], deleting: [FlowKey]) async throws -> FlowsSaved {
        try await store.saveFlows(
            sources.map { FlowWrite(key: $0.key, source: $0.source, disabled: $0.source.contains("disabled: true")) },
            deleting: deleting.map { FlowRemoval($0) }, at: clock.now)
    }

    func delete(_ flow: FlowKey) async throws -> Bool {
        try await store.saveFlows([], deleting: [FlowRemoval(flow)], at: clock.now).removals[0].outcome == .deleted
    }

    func declaration(of flow: FlowKey, revision: Int?) async throws -> FlowDeclaration? {
        guard let stored = try await store.flow(flow, revision: revision, evenDeleted: false) else { return nil }
        let read = try FlowReader(catalogue: catalogue).read(stored.source).flow
        return FlowDeclaration(revision: stored.head.revision, inputs: read.inputs)
    }

    func makeExecutionID() -> ExecutionID {
        let number = ids.withLock { count in
            count += 1
            return count
        }
        return ExecutionID(at: clock.now, sequence: number, random: 7)
    }

    func start(_ request: StartRequest) async throws -> (execution: Execution, remarks: [String]) {
        guard let id = request.executionID,
            try await store.flow(FlowKey(request.namespace, request.flowID), revision: nil, evenDeleted: false) != nil
        else { throw EngineRefusal.notFound("Flow not found") }
        if request.inputs["refused"] != nil { throw EngineRefusal.invalid("refused") }
        var execution = Execution(
            id: id, namespace: request.namespace, flowID: request.flowID, flowRevision: 1, createdAt: clock.now)
        execution.inputs = request.inputs
        execution.labels = request.labels
        try await store.commit([.insertExecution(execution)])
        let declared =
            try await declaration(of: FlowKey(request.namespace, request.flowID), revision: nil)?.inputs ?? []
        return (execution, declared.isEmpty ? [] : UndeclaredInputs(request.inputs, declared: declared).remarks)
    }

    func checkInputs(of flow: FlowKey, revision: Int?, given: ValueMap) async throws -> ResolvedInputs {
        let declared = try await declaration(of: flow, revision: revision)?.inputs ?? []
        return InputResolver(declared, in: Scope(variables: ValueMap(), world: NoWorld()), cipher: nil).resolve(given)
    }

    func snapshot(of id: ExecutionID) async throws -> ExecutionSnapshot? { try await store.snapshot(id) }

    func live(_ id: ExecutionID) async -> ExecutionSnapshot? { liveOnes.withLock { $0[id] } }

    private func known(_ id: ExecutionID) async throws -> ExecutionSnapshot {
        guard let snapshot = try await store.snapshot(id) else { throw EngineRefusal.notFound("Execution not found") }
        return snapshot
    }

    func end(of id: ExecutionID) async throws -> ExecutionSnapshot {
        var execution = try await known(id).execution
        execution.state.set(.success, at: clock.now)
        try await store.commit([.updateExecution(execution)])
        return try await known(id)
    }

    func follow(_ id: ExecutionID) async throws -> AsyncStream<ExecutionSnapshot> {
        let first = try await known(id)
        return AsyncStream { continuation in
            continuation.yield(first)
            Task {
                _ = try await self.end(of: id)
                continuation.finish()
            }
        }
    }

    func followLogs(of id: ExecutionID) async throws -> AsyncStream<Void> {
        AsyncStream { continuation in
            continuation.yield()
            continuation.finish()
        }
    }

    func kill(_ id: ExecutionID, cascade: Bool) async throws { note("kill \(cascade)") }
    func pause(_ id: ExecutionID) async throws { note("pause") }
    func resume(_ id: ExecutionID, inputs: ValueMap) async throws -> [String] {
        note("resume \(Value.map(inputs).jsonText())")
        return inputs["odd"] == nil ? [] : ["input 'odd' is not declared"]
    }
    func checkResumeInputs(of id: ExecutionID, given: ValueMap) async throws -> ValueMap { given }
    func restart(_ id: ExecutionID, revision: Int?) async throws -> ExecutionSnapshot {
        note("restart")
        return try await known(id)
    }
    func replay(_ id: ExecutionID, _ order: ReplayOrder) async throws -> (
        snapshot: ExecutionSnapshot, remarks: [String]
    ) {
        note("replay \(order.inputs.map { Value.map($0).jsonText() } ?? "as before")")
        return (try await known(id), [])
    }
    func changeState(of taskRun: Int, in id: ExecutionID, to state: State) async throws -> ExecutionSnapshot {
        try await known(id)
    }
    func changeStatus(of id: ExecutionID, to state: State) async throws -> ExecutionSnapshot { try await known(id) }
    func changeLabels(of id: ExecutionID, to labels: [Label]) async throws -> ExecutionSnapshot { try await known(id) }
    func forceRun(_ id: ExecutionID) async throws -> ExecutionSnapshot { try await known(id) }
    func unqueue(_ id: ExecutionID) async throws -> ExecutionSnapshot { try await known(id) }
    func delete(_ id: ExecutionID, logs: Bool, metrics: Bool, files: Bool) async throws {
        try await store.commit([.deleteExecution(id, logs: logs, metrics: metrics)])
    }
    func evaluate(_ expression: String, in id: ExecutionID, taskRun: Int?) async throws -> String { expression }

    func webhook(_ request: WebhookRequest, of flow: FlowKey) async throws -> WebhookAnswer {
        note("webhook \(request.key) \(String(decoding: request.body, as: UTF8.self))")
        guard request.key == "right" else { throw EngineRefusal.notFound("Webhook not found") }
        return webhookAnswer.withLock { $0 }
    }
    func setDisabled(_ disabled: Bool, trigger: TriggerKey) async throws -> TriggerState {
        var row = TriggerState(namespace: trigger.flow.namespace, flowID: trigger.flow.id, triggerID: trigger.id)
        row.disabled = disabled
        try await store.commit([.trigger(row)])
        return row
    }
    func begin(_ backfill: Backfill, trigger: TriggerKey) async throws -> TriggerState {
        throw EngineRefusal.invalid("not here")
    }
    func setBackfill(paused: Bool, trigger: TriggerKey) async throws -> TriggerState {
        throw EngineRefusal.invalid("not here")
    }
    func endBackfill(trigger: TriggerKey) async throws -> TriggerState { throw EngineRefusal.invalid("not here") }
    func unlock(trigger: TriggerKey) async throws -> TriggerState { throw EngineRefusal.invalid("not here") }
    func restart(trigger: TriggerKey) async throws {}
    func delete(trigger: TriggerKey) async throws {}
}

/// The one task type of these tests.
struct Say: InstantTask {
    static let about = TaskAbout(
        type: "test.Say", title: "Says something.", example: "{ id: say, type: test.Say, what: hello }")
    @Property("What to say.") var what: String
    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput { NoOutput() }
}

/// The API over a quiet engine in a folder of its own, which is gone at the end.
func withAPI(
    settings: WebSettings = WebSettings(url: "http://example.org/"), _ setup: TestingSetup = .router,
    _ test: @Sendable (APIClient, QuietEngine) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/web-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let engine = try QuietEngine(folder: folder)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = WebServer(door: engine, settings: settings, logger: logger)
    try await server.application.test(setup) { try await test(APIClient(client: $0), engine) }
    try await engine.store.close()
}

/// Requests below `/api/v1`.
struct APIClient: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPFields
        var text: String
        var json: Value { (try? JSON.parse(text)) ?? .null }
    }

    let client: any TestClientProtocol

    func callAsFunction(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, type: String? = nil,
        headers more: [(String, String)] = []
    ) async throws -> Answer {
        var headers = HTTPFields()
        if let type { headers[.contentType] = type }
        for (name, value) in more { headers[HeaderName(name)!] = value }
        let uri =
            path.hasPrefix("/health") || path.hasPrefix("/ping") || path.hasPrefix("/api") ? path : "/api/v1" + path
        return try await client.execute(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) {
            Answer(status: $0.status.code, headers: $0.headers, text: String(buffer: $0.body))
        }
    }

    func form(_ path: String, _ parts: [(head: String, content: String)]) async throws -> Answer {
        let body =
            parts.map { "--B\r\nContent-Disposition: form-data; \($0.head)\r\n\r\n\($0.content)\r\n" }.joined()
            + "--B--\r\n"
        return try await self(.post, path, body, type: "multipart/form-data; boundary=B")
    }

    @discardableResult
    func save(_ id: String, in namespace: String = "company.team", more: String = "") async throws -> Answer {
        let source =
            "id: \(id)\nnamespace: \(namespace)\n\(more)tasks:\n  - id: say\n    type: test.Say\n    what: hello\n"
        return try await self(.post, "/flows", source, type: "application/x-yaml")
    }
}
