import EngineCore
import Expressions
import FlowModel
import OrderedCollections
import Storage
import TaskKit

/// What a new execution is to be made of. Source: engine spec §8.1.
public struct StartRequest: Sendable {
    public var namespace: String
    public var flowID: String
    /// Nil for the newest.
    public var revision: Int?
    /// Raw values by input id: texts of a form, typed values, URIs of stored files.
    public var inputs: ValueMap
    public var labels: [Label]
    public var scheduleDate: Timestamp?
    /// An id from ``Engine/newExecutionID()`` under which files were stored already.
    public var executionID: ExecutionID?
    public var trigger: ExecutionTrigger?
    /// Whether required inputs without a value are refused; triggers of some kinds leave that to the tasks.
    public var requiresInputs: Bool
    /// Whether `labels` come from the engine itself and may hold `system.*` ones.
    var ownsLabels = false

    public init(
        namespace: String, flowID: String, revision: Int? = nil, inputs: ValueMap = [:], labels: [Label] = [],
        scheduleDate: Timestamp? = nil, executionID: ExecutionID? = nil, trigger: ExecutionTrigger? = nil,
        requiresInputs: Bool = true
    ) {
        self.namespace = namespace
        self.flowID = flowID
        self.revision = revision
        self.inputs = inputs
        self.labels = labels
        self.scheduleDate = scheduleDate
        self.executionID = executionID
        self.trigger = trigger
        self.requiresInputs = requiresInputs
    }
}

extension Engine {
    /// An id that no other execution gets; so files can be stored below it before it exists.
    public func newExecutionID() -> ExecutionID { ids.next() }

    /// Creates an execution and has it run.
    /// - Returns: the execution as it was created; it is on disk when this returns.
    /// - Throws: `EngineRefusal`, `StorageError`.
    public func start(_ request: StartRequest) async throws -> Execution { try await started(request).execution }

    /// The same with what the caller should be told beside it: the inputs that were dropped because the flow does not
    /// declare them. The execution's log tells them too.
    public func started(_ request: StartRequest) async throws -> (execution: Execution, remarks: [String]) {
        let flow = try await runnable(FlowKey(request.namespace, request.flowID), revision: request.revision)
        return try await start(request, of: flow)
    }

    /// The same for a flow that was looked up already.
    func start(
        _ request: StartRequest, of flow: CompiledFlow, _ beginning: Executor.Beginning = Executor.Beginning()
    ) async throws -> (execution: Execution, remarks: [String]) {
        let id = request.executionID ?? ids.next()
        var execution = Execution(
            id: id, namespace: flow.flow.namespace, flowID: flow.flow.id, flowRevision: flow.flow.revision,
            createdAt: clock.now)
        if request.ownsLabels {
            execution.labels = flow.flow.labels.filter { !$0.key.hasPrefix("system.") } + request.labels
        } else {
            do throws(Problem) {
                execution.labels = try LabelRules.creation(of: id, flow: flow.flow.labels, requested: request.labels)
            } catch {
                throw EngineRefusal.invalid(error.what)
            }
        }
        execution.trigger = request.trigger
        execution.scheduleDate = request.scheduleDate
        var (beginning, remarks) = (beginning, [String]())
        if request.requiresInputs {
            if !flow.flow.inputs.isEmpty {
                execution.inputs = try resolve(request.inputs, of: flow.flow, for: execution)
            }
            let undeclared = UndeclaredInputs(request.inputs, declared: flow.flow.inputs)
            if !undeclared.ids.isEmpty {
                remarks = undeclared.remarks
                beginning.more.append(.logs(id, undeclared.lines(at: clock.now)))
            }
        } else if !request.inputs.isEmpty {
            execution.inputs = request.inputs
        }
        try await begin(execution, flow: flow, beginning)
        return (execution, remarks)
    }

    /// A flow that may be executed now.
    func runnable(_ key: FlowKey, revision: Int? = nil) async throws -> CompiledFlow {
        guard let loaded = try await shelf.flow(key, revision: revision) else {
            throw try await missing(key, revision: revision)
        }
        switch loaded.content {
        case .broken(let problems):
            throw EngineRefusal.conflict(
                "Cannot execute an invalid flow: \(problems.errors.first?.what ?? "it cannot be read")")
        case .ready(let flow):
            if flow.flow.disabled { throw EngineRefusal.conflict("Cannot execute a disabled flow") }
            return flow
        }
    }

    /// What is told of a flow, or a revision of it, that is not there: which of both it is.
    func missing(_ key: FlowKey, revision: Int?) async throws -> EngineRefusal {
        guard let revision, let newest = try await shelf.flow(key, revision: nil)?.revision else {
            return .notFound("Flow not found: \(key)")
        }
        return .notFound("Flow \(key) has no revision \(revision); its newest is \(newest)")
    }

    /// Types and checks given inputs. Source: engine spec §2.3.
    func resolve(_ given: ValueMap, of flow: Flow, for execution: Execution) throws -> ValueMap {
        let resolver = InputResolver(
            flow.inputs, in: creationScope(of: flow, for: execution), cipher: settings.cipher, of: flow)
        let resolved = resolver.resolve(given)
        if !resolved.problems.isEmpty { throw EngineRefusal.inputs(resolved.problems) }
        return resolved.values
    }

    /// What each declared input would become, for forms. Source: engine spec §11.3.
    public func checkInputs(
        _ given: ValueMap, of key: FlowKey, revision: Int? = nil
    ) async throws -> (flow: Flow, resolved: ResolvedInputs) {
        let flow = try await runnable(key, revision: revision).flow
        let execution = Execution(
            id: ids.next(), namespace: flow.namespace, flowID: flow.id, flowRevision: flow.revision,
            createdAt: clock.now)
        let resolver = InputResolver(
            flow.inputs, in: creationScope(of: flow, for: execution), cipher: settings.cipher, of: flow)
        return (flow, resolver.resolve(given))
    }

    /// What expressions see before the execution exists.
    private func creationScope(of flow: Flow, for execution: Execution) -> Scope {
        var labels: ValueMap = [:]
        for label in execution.labels where labels[label.key] == nil { labels[label.key] = .string(label.value) }
        let variables: ValueMap = [
            "flow": [
                "id": .string(flow.id), "namespace": .string(flow.namespace), "revision": .int(Int64(flow.revision)),
            ],
            "execution": [
                "id": .string(execution.id.description), "startDate": .string(execution.state.startDate.iso),
            ],
            "labels": .map(labels), "vars": .map(flow.variables), "envs": .map(settings.variables.envs),
            "globals": .map(settings.variables.globals),
            "trigger": execution.trigger.map { .map($0.variables) } ?? .map([:]),
        ]
        return Scope(
            variables: variables, world: world(namespace: flow.namespace), recursive: settings.rendersRecursively)
    }

    // MARK: looking

    /// The execution with its task runs as they are now; nil when there is none.
    public func snapshot(of id: ExecutionID) async throws -> ExecutionSnapshot? {
        if let live = await executor.snapshot(of: id) { return live }
        return try await store.snapshot(id)
    }

    /// The same for an execution that is in work at this moment, and so in memory; nil for any other.
    public func live(_ id: ExecutionID) async -> ExecutionSnapshot? { await executor.snapshot(of: id) }

    /// Waits until nothing more happens in the execution. Source: engine spec §3.8.
    public func end(of id: ExecutionID) async throws -> ExecutionSnapshot {
        try await needReady()
        if let ended = try await executor.end(of: id) { return ended }
        guard let stored = try await store.snapshot(id) else { throw EngineRefusal.notFound("Execution not found") }
        return stored
    }

    /// The execution after each change, the present state first, until nothing more happens in it.
    public func follow(_ id: ExecutionID) async throws -> AsyncStream<ExecutionSnapshot> {
        try await needReady()
        if let stream = try await executor.follow(id) { return stream }
        guard let stored = try await store.snapshot(id) else { throw EngineRefusal.notFound("Execution not found") }
        return AsyncStream { continuation in
            continuation.yield(stored)
            continuation.finish()
        }
    }

    /// The lines of an execution's log in their order, those that are there first, until nothing more happens in it.
    public func followLogs(_ id: ExecutionID, after number: Int? = nil, _ filter: LogFilter = LogFilter()) async throws
        -> AsyncThrowingStream<[LogLine], any Error>
    {
        let reader = LogFollower(id, after: number, filter, changes: try await follow(id), store: store)
        // Lines are read when they are asked for, so that a slow reader costs no memory.
        return AsyncThrowingStream { try await reader.next() }
    }

    // MARK: changing

    /// Kills an execution and, with `cascade`, those that it started. Source: engine spec §8.6.
    public func kill(_ id: ExecutionID, cascade: Bool) async throws {
        try await needReady()
        try await killNow(id, cascade: cascade)
    }

    private func killNow(_ id: ExecutionID, cascade: Bool, isPatient: Bool = false) async throws {
        if try await executor.takeAndSave(.killRequested(cascade: cascade), for: id, isPatient: isPatient) { return }
        guard let ended = try await store.execution(id) else { throw EngineRefusal.notFound("Execution not found") }
        guard cascade else {
            throw EngineRefusal.conflict(
                "Execution is already finished, can't kill it: '\(id)' is \(ended.state.current.rawValue)")
        }
        try await killChildren(of: id)
    }

    /// Those that have ended may have children of their own that run: they are looked for too.
    func killChildren(of id: ExecutionID, isPatient: Bool = false) async throws {
        for child in try await store.children(of: id) where child.childState != .killed {
            do {
                try await killNow(child.child, cascade: true, isPatient: isPatient)
            } catch EngineRefusal.notFound {
                // Deleted meanwhile.
            }
        }
    }

    /// Source: engine spec §8.7.
    public func pause(_ id: ExecutionID) async throws {
        try await needReady()
        let state = try await state(of: id)
        guard state.isRunning else { throw EngineRefusal.invalid("The execution is not running") }
        try await executor.takeAndSave(.pauseRequested, for: id)
    }

    /// Resumes the first paused task run, or the execution that was paused as a whole. Source: engine spec §8.7.
    /// - Parameter inputs: raw values of the Pause's `onResume`.
    /// - Returns: what the caller should be told: the inputs that were dropped because `onResume` does not declare them.
    @discardableResult
    public func resume(_ id: ExecutionID, inputs: ValueMap, by: String? = nil) async throws -> [String] {
        let (values, undeclared) = try await resumeInputs(inputs, of: id)
        if !undeclared.ids.isEmpty {
            try await executor.takeAndSave(logs: undeclared.lines(at: clock.now), for: id)
        }
        try await executor.takeAndSave(.resumed(taskRun: nil, inputs: values, by: by), for: id)
        return undeclared.remarks
    }

    /// The typed `onResume` inputs of the execution's first paused task run.
    public func checkResumeInputs(_ given: ValueMap, of id: ExecutionID) async throws -> ValueMap {
        try await resumeInputs(given, of: id).values
    }

    private func resumeInputs(
        _ given: ValueMap, of id: ExecutionID
    ) async throws -> (values: ValueMap, undeclared: UndeclaredInputs) {
        try await needReady()
        guard let snapshot = await executor.snapshot(of: id), snapshot.execution.state.current.isPaused else {
            _ = try await state(of: id)
            throw EngineRefusal.conflict("Execution '\(id)' is not paused, can't resume it")
        }
        let execution = snapshot.execution
        guard let paused = snapshot.taskRuns.first(where: { $0.state.current.isPaused }),
            let flow = try await shelf.flow(
                FlowKey(execution.namespace, execution.flowID), revision: execution.flowRevision)?.compiled,
            let task = flow.task(paused.taskID)
        else { return ([:], UndeclaredInputs(given, declared: [], by: "pause")) }
        let declared = InputDefinitions.read(task.task.properties["onResume"], at: task.task.mark)
        let resolver = InputResolver(
            declared, in: creationScope(of: flow.flow, for: execution), cipher: settings.cipher, of: flow.flow)
        let resolved = resolver.resolve(given)
        if !resolved.problems.isEmpty { throw EngineRefusal.inputs(resolved.problems) }
        return (resolved.values, UndeclaredInputs(given, declared: declared, by: "pause"))
    }

    private func state(of id: ExecutionID) async throws -> State {
        if let live = await executor.snapshot(of: id) { return live.execution.state.current }
        guard let stored = try await store.execution(id) else { throw EngineRefusal.notFound("Execution not found") }
        return stored.state.current
    }

    /// Removes an execution with what hangs on it. Source: engine spec §8.12.
    public func delete(_ id: ExecutionID, logs: Bool, metrics: Bool, files deletesFiles: Bool) async throws {
        guard let execution = try await store.execution(id) else { throw EngineRefusal.notFound("Execution not found") }
        if await executor.isActive(id) { throw EngineRefusal.conflict("Execution is running; kill it first") }
        try await store.commit([.deleteExecution(id, logs: logs, metrics: metrics)])
        if deletesFiles {
            let folder = try FilePath.execution(id, of: FlowKey(execution.namespace, execution.flowID))
            _ = try await files.delete(folder, keeping: nil)
        }
    }
}
