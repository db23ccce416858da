import EngineRuntime
import FlowModel
import Hummingbird
import ServiceLifecycle
import Storage

/// `/executions`: making, finding, looking at and deleting executions. Source: engine spec §8.1, §8.12, §11.3.
struct ExecutionRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/executions/search", "Finds executions.", handler: search),
            .get("/executions", "The executions of one flow.", handler: ofFlow),
            .get("/executions/{id}", "One execution with its task runs.", handler: show),
            .delete("/executions/{id}", "Deletes an execution with what hangs on it.", handler: delete),
            .get(
                "/executions/{id}/flow", "The flow of an execution, reduced to what a form needs.",
                handler: flowOfExecution),
            .get("/executions/flows/{namespace}/{flow}", "A flow, reduced to what a form needs.", handler: reducedFlow),
            .get("/executions/namespaces", "Namespaces with flows that can be executed.", handler: namespaces),
            .get("/executions/namespaces/{namespace}/flows", "Flows that can be executed.", handler: flows),
            .post("/executions/{namespace}/{flow}", "Starts an execution; inputs as a form or as JSON.") { call in
                try await create(call, namespace: call["namespace"], flow: call["flow"])
            },
            .post("/executions/trigger/{namespace}/{flow}", "Starts an execution (older address).") { call in
                try await create(call, namespace: call["namespace"], flow: call["flow"])
            },
            .post("/executions/{namespace}/{flow}/validate", "Checks inputs without starting anything.") { call in
                try await validate(call, flow: FlowKey(call["namespace"], call["flow"]))
            },
            .post("/executions/latest", "The last execution of each of some flows.", handler: latest),
        ]
    }

    // MARK: finding

    @Sendable private func search(_ call: Call) async throws -> Response {
        let page = try call.page()
        guard let query = try await ExecutionQuery.read(call, engine: engine) else {
            return .json { $0.page([Execution](), total: 0) { _, _ in } }
        }
        let now = engine.clock.now
        if try call.query.flag("taskRuns") {
            let found = try await engine.store.snapshots(query, page)
            return .json { $0.page(found.items, total: found.total) { ExecutionBody($0, now: now).write(to: &$1) } }
        }
        let found = try await engine.store.executions(query, page)
        return .json { $0.page(found.items, total: found.total) { ExecutionBody($0, now: now).write(to: &$1) } }
    }

    @Sendable private func ofFlow(_ call: Call) async throws -> Response {
        var query = ExecutionQuery()
        query.flows = [FlowKey(try call.query.required("namespace"), try call.query.required("flowId"))]
        let found = try await engine.store.executions(query, try call.page())
        let now = engine.clock.now
        return .json { $0.page(found.items, total: found.total) { ExecutionBody($0, now: now).write(to: &$1) } }
    }

    @Sendable private func show(_ call: Call) async throws -> Response {
        try await engine.answer(of: call["id"], taskRuns: try call.query.flag("taskRuns", default: true))
    }

    /// `{flows: [{namespace, id}]}` or the list alone.
    @Sendable private func latest(_ call: Call) async throws -> Response {
        let keys = try FlowKey.list(in: try await call.bodyJSON())
        let found = try await engine.store.lastExecutions(of: keys)
        let now = engine.clock.now
        return .json { text in
            text.list(keys.compactMap { found[$0] }) { ExecutionBody($0, now: now).write(to: &$1) }
        }
    }

    // MARK: making

    /// Starts an execution. Answers 200 with it as it was created, or, with `wait=true`, as it ended.
    func create(_ call: Call, namespace: String, flow: String) async throws -> Response {
        let key = FlowKey(namespace, flow)
        let id = engine.makeExecutionID()
        var request = StartRequest(namespace: namespace, flowID: flow, executionID: id)
        request.labels = try Label.read(call.query.all("labels"))
        request.revision = try call.query.int("revision", in: 1...Int.max)
        request.scheduleDate = try call.query.moment("scheduleDate")
        try call.refuseBreakpoints()
        let waits = try call.query.flag("wait")
        let tells = try call.query.flag("taskRuns", default: true)
        let keys = IdempotencyKeys(store: engine.store, clock: engine.clock)
        let wish = try IdempotencyKeys.Wish(call, flow: key)
        if let wish,
            let former = try await keys.claim(wish, for: id, isThere: { try await engine.snapshot(of: $0) != nil })
        {
            return try await engine.answer(of: former.description, taskRuns: tells)
        }
        let (execution, remarks): (Execution, [String])
        do {
            (execution, remarks) = try await start(request, key, id, from: call)
        } catch {
            if let wish { await keys.release(wish, for: id) }
            throw error
        }
        if waits {
            let snapshot = try await engine.untilStopping("execution \(id) goes on") { try await engine.end(of: id) }
            return ExecutionBody(snapshot, now: engine.clock.now, taskRuns: tells).response.warning(remarks)
        }
        return .json(ExecutionBody(execution, now: engine.clock.now, url: call.url(of: execution)).bytes)
            .warning(remarks)
    }

    private func start(
        _ wanted: StartRequest, _ flow: FlowKey, _ id: ExecutionID, from call: Call
    ) async throws -> (Execution, [String]) {
        let form = try await InputForm.read(call, into: target(flow, id, revision: wanted.revision))
        var request = wanted
        request.inputs = form.inputs
        do {
            return try await engine.start(request)
        } catch {
            await form.discard(from: engine.files)
            throw error
        }
    }

    private func target(
        _ flow: FlowKey, _ id: ExecutionID, revision: Int?, keeps: Bool = true
    ) -> InputForm.Target {
        InputForm.Target(
            files: engine.files, flow: flow, execution: id,
            declared: { try await engine.declaration(of: flow, revision: revision)?.inputs ?? [] }, keeps: keeps)
    }

    func validate(_ call: Call, flow: FlowKey) async throws -> Response {
        let revision = try call.query.int("revision", in: 1...Int.max)
        let id = engine.makeExecutionID()
        let form = try await InputForm.read(call, into: target(flow, id, revision: revision, keeps: false))
        guard let declaration = try await engine.declaration(of: flow, revision: revision) else {
            throw try await engine.missing(flow, revision: revision)
        }
        let resolved = try await engine.checkInputs(of: flow, revision: revision, given: form.inputs)
        return .json { text in
            text.object { text in
                text.member("id", flow.id)
                text.member("namespace", flow.namespace)
                text.inputs(resolved, declared: declaration.inputs)
            }
        }
        .warning(UndeclaredInputs(form.inputs, declared: declaration.inputs).remarks)
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let snapshot = try await engine.known(call["id"])
        try await engine.delete(
            snapshot.execution.id, logs: try call.query.flag("deleteLogs", default: true),
            metrics: try call.query.flag("deleteMetrics", default: true),
            files: try call.query.flag("deleteStorage", default: true))
        return .empty(.noContent)
    }

    // MARK: flows, for forms

    @Sendable private func flowOfExecution(_ call: Call) async throws -> Response {
        let execution = try await engine.known(call["id"]).execution
        return try await reduced(FlowKey(execution.namespace, execution.flowID), revision: execution.flowRevision)
    }

    @Sendable private func reducedFlow(_ call: Call) async throws -> Response {
        try await reduced(
            FlowKey(call["namespace"], call["flow"]), revision: try call.query.int("revision", in: 1...Int.max))
    }

    private func reduced(_ key: FlowKey, revision: Int?) async throws -> Response {
        guard let stored = try await engine.store.flow(key, revision: revision, evenDeleted: false) else {
            throw try await engine.missing(key, revision: revision)
        }
        return .json(FlowBody(stored).reduced)
    }

    @Sendable private func namespaces(_ call: Call) async throws -> Response {
        .json(.list(try await engine.store.namespaces().map { .string($0) }))
    }

    @Sendable private func flows(_ call: Call) async throws -> Response {
        let found = try await engine.store.flows(
            FlowQuery(namespace: .exactly(call["namespace"])), PageRequest(size: 10_000))
        return .json(.list(found.items.filter { !$0.head.disabled }.map { FlowBody($0).reduced }))
    }
}

extension Call {
    /// What cannot be done is not passed over in silence.
    func refuseBreakpoints() throws(Refusal) {
        if query.text("breakpoints") != nil { throw .illegalArgument("this server does not stop at `breakpoints`") }
    }
}

extension EngineDoor {
    /// - Throws: 404 for an id of no execution, or none at all.
    func known(_ text: String) async throws -> ExecutionSnapshot {
        guard let id = ExecutionID(text), let snapshot = try await snapshot(of: id) else {
            throw Refusal.notFound("Execution not found: \(text)")
        }
        return snapshot
    }

    /// What is told of a flow, or a revision of it, that is not there: which of both it is.
    func missing(_ key: FlowKey, revision: Int?) async throws -> Refusal {
        guard let revision, let newest = try await store.flow(key, revision: nil, evenDeleted: false)?.head.revision
        else { return .notFound("Flow not found: \(key)") }
        return .notFound("Flow \(key) has no revision \(revision); its newest is \(newest)")
    }

    /// Waits for something that may take long, but not beyond the server's end.
    func untilStopping<Result: Sendable>(
        _ state: String, _ work: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        do {
            return try await cancelWhenGracefulShutdown { try await work() }
        } catch is CancellationError {
            throw Refusal.stopping(state)
        }
    }
}

extension FlowKey {
    /// `[{namespace, id}]` (or `flowId`), by itself or as the member `flows`.
    static func list(in body: Value) throws(Refusal) -> [FlowKey] {
        guard let items = body.list ?? body["flows"]?.list else {
            throw .illegalArgument("the body must be a list of {namespace, id}")
        }
        var keys: [FlowKey] = []
        for item in items {
            guard let namespace = item["namespace"]?.string, let id = (item["id"] ?? item["flowId"])?.string else {
                throw .illegalArgument("each element must have `namespace` and `id`")
            }
            keys.append(FlowKey(namespace, id))
        }
        return keys
    }
}
