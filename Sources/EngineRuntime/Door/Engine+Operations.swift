import EngineCore
import Expressions
import FlowModel
import Storage
import Synchronization

/// What can be done with an execution that has ended or waits. Source: engine spec §8.2 – §8.8.
extension Engine {
    /// Runs what failed or paused again: in the same execution, or in a new one when a revision is given.
    /// - Returns: the execution as it is right after the operation, before it goes on; on disk.
    /// - Throws: `EngineRefusal`.
    public func restart(_ id: ExecutionID, revision: Int? = nil) async throws -> ExecutionSnapshot {
        let present = try await known(id)
        let flow = try await flow(of: present.execution, revision: revision)
        let new = revision == nil ? nil : ids.next()
        return try await reshape(present, with: flow, as: new) { rows, now throws(OperationRefusal) in
            try rows.restarted(with: flow, as: new, at: now)
        }
    }

    /// Makes a new execution that does it all again, or begins at a task run.
    /// - Parameter inputs: raw values to run with; nil for those of the original.
    public func replay(
        _ id: ExecutionID, from taskRun: Int? = nil, revision: Int? = nil, inputs: ValueMap? = nil
    ) async throws -> ExecutionSnapshot {
        try await replayed(id, from: taskRun, revision: revision, inputs: inputs).snapshot
    }

    /// The same with what the caller should be told beside it: the inputs that were dropped because the flow does not
    /// declare them. The new execution's log tells them too.
    public func replayed(
        _ id: ExecutionID, from taskRun: Int? = nil, revision: Int? = nil, inputs: ValueMap? = nil
    ) async throws -> (snapshot: ExecutionSnapshot, remarks: [String]) {
        let present = try await known(id)
        let flow = try await flow(of: present.execution, revision: revision)
        let new = ids.next()
        let values = try inputs.map { try resolve($0, of: flow.flow, for: present.execution) }
        let undeclared = UndeclaredInputs(inputs ?? [:], declared: flow.flow.inputs)
        let told: [Change] = undeclared.ids.isEmpty ? [] : [.logs(new, undeclared.lines(at: clock.now))]
        if taskRun == nil {
            let rows = try replayed(present, from: nil, with: flow, as: new, inputs: values)
            try await begin(rows.execution, flow: flow, Executor.Beginning(more: told))
            let snapshot = ExecutionSnapshot(execution: rows.execution, taskRuns: [], isOpen: true)
            return (snapshot, undeclared.remarks)
        }
        let snapshot = try await reshape(present, with: flow, as: new, more: told) {
            rows, now throws(OperationRefusal) in
            var rows = try rows.replayed(from: taskRun, with: flow, as: new, at: now)
            if let values { rows.execution.inputs = values }
            return rows
        }
        return (snapshot, undeclared.remarks)
    }

    private func replayed(
        _ present: ExecutionSnapshot, from taskRun: Int?, with flow: CompiledFlow, as id: ExecutionID, inputs: ValueMap?
    ) throws -> ExecutionRows {
        do throws(OperationRefusal) {
            var rows = try ExecutionRows(present.execution, taskRuns: present.taskRuns)
                .replayed(from: taskRun, with: flow, as: id, at: clock.now)
            if let inputs { rows.execution.inputs = inputs }
            return rows
        } catch {
            throw EngineRefusal(error)
        }
    }

    /// Gives a task run a state by hand; the execution goes on from there. Source: engine spec §8.4.
    public func changeState(of taskRun: Int, in id: ExecutionID, to state: State) async throws -> ExecutionSnapshot {
        let present = try await known(id)
        let flow = try await flow(of: present.execution, revision: nil)
        return try await reshape(present, with: flow, as: nil) { rows, now throws(OperationRefusal) in
            try rows.marked(taskRun, as: state, with: flow, at: now)
        }
    }

    /// Gives an execution that has ended another final state. Source: engine spec §8.4.
    public func changeStatus(of id: ExecutionID, to state: State) async throws -> ExecutionSnapshot {
        let present = try await ended(id)
        let rows: ExecutionRows
        do throws(OperationRefusal) {
            rows = try ExecutionRows(present.execution, taskRuns: present.taskRuns).concluded(as: state, at: clock.now)
        } catch {
            throw EngineRefusal(error)
        }
        return try await save(rows.execution, of: present)
    }

    /// Lays labels over those of an execution that has ended, by key. Source: engine spec §8.5.
    /// - Throws: `EngineRefusal.invalid` for a `system.*` label that is not there with this value already.
    public func changeLabels(of id: ExecutionID, to labels: [Label]) async throws -> ExecutionSnapshot {
        let present = try await ended(id)
        var execution = present.execution
        for label in labels {
            if label.key.hasPrefix("system."), !execution.labels.contains(label) {
                throw EngineRefusal.invalid(
                    "System labels can only be set by Kestra itself, offending label: \(label.key)=\(label.value)")
            }
            execution.labels.removeAll { $0.key == label.key }
            execution.labels.append(label)
        }
        return try await save(execution, of: present)
    }

    private func save(_ execution: Execution, of present: ExecutionSnapshot) async throws -> ExecutionSnapshot {
        try await store.commit([.updateExecution(execution, isOpen: false)])
        return ExecutionSnapshot(execution: execution, taskRuns: present.taskRuns, isOpen: false)
    }

    /// Lets a queued execution run whatever the limit of its flow. Source: engine spec §8.8.
    public func unqueue(_ id: ExecutionID) async throws -> ExecutionSnapshot {
        guard try await known(id).execution.state.current == .queued else {
            throw EngineRefusal.invalid("Execution must be QUEUED to be unqueued")
        }
        try await executor.takeAndSave(.unqueued, for: id)
        return try await known(id)
    }

    /// Lets an execution go on whatever it waits for. Source: engine spec §8.8.
    public func forceRun(_ id: ExecutionID) async throws -> ExecutionSnapshot {
        let state = try await known(id).execution.state.current
        if state.isTerminated { throw EngineRefusal.invalid("Execution is terminated, it cannot be forced to run") }
        if state == .queued || state == .created { try await executor.takeAndSave(.unqueued, for: id) }
        if state == .paused { try await executor.takeAndSave(.resumed(taskRun: nil, inputs: [:], by: nil), for: id) }
        return try await known(id)
    }

    /// Renders an expression as the execution, or one of its task runs, sees it. What is stored encrypted stays so.
    /// Source: engine spec §11.3.
    /// - Throws: `ExpressionError`, `EngineRefusal`.
    public func evaluate(_ expression: String, in id: ExecutionID, taskRun: Int? = nil) async throws -> String {
        let present = try await known(id)
        let flow = try await flow(of: present.execution, revision: nil)
        var surroundings = surroundings(namespace: present.execution.namespace, errors: ErrorLog(), mask: SecretMask())
        surroundings.cipher = nil
        let (state, _) = ExecutionState.restored(
            present.execution, taskRuns: present.taskRuns, finished: true, of: flow, at: clock.now, with: surroundings)
        let variables =
            taskRun.flatMap { state.order($0, of: flow, with: surroundings)?.variables }
            ?? state.variables(of: flow, with: surroundings)
        let scope = Scope(
            variables: variables, world: surroundings.world, limits: surroundings.limits,
            recursive: surroundings.rendersRecursively)
        return try Template.cached(expression).text(in: scope)
    }

    // MARK: ground

    private func known(_ id: ExecutionID) async throws -> ExecutionSnapshot {
        try await needReady()
        guard let snapshot = try await snapshot(of: id) else { throw EngineRefusal.notFound("Execution not found") }
        return snapshot
    }

    /// An execution in which nothing more happens by itself.
    private func ended(_ id: ExecutionID) async throws -> ExecutionSnapshot {
        let present = try await known(id)
        guard await !executor.isActive(id) || !present.execution.state.current.isTerminated else {
            throw EngineRefusal.conflict("Execution '\(id)' still has tasks to run after its end")
        }
        guard present.execution.state.current.isTerminated else {
            throw EngineRefusal.invalid("The execution is not terminated")
        }
        return present
    }

    private func flow(of execution: Execution, revision: Int?) async throws -> CompiledFlow {
        let key = FlowKey(execution.namespace, execution.flowID)
        let wanted = revision ?? execution.flowRevision
        guard let loaded = try await shelf.flow(key, revision: wanted) else {
            throw try await missing(key, revision: wanted)
        }
        switch loaded.content {
        case .ready(let flow): return flow
        case .broken(let problems):
            throw EngineRefusal.conflict(
                "Cannot execute an invalid flow: \(problems.errors.first?.what ?? "it cannot be read")")
        }
    }

    /// Saves the rows that `alter` makes of the present ones, as those of the same execution or of a new one, and has it go on.
    private func reshape(
        _ present: ExecutionSnapshot, with flow: CompiledFlow, as new: ExecutionID?, more: [Change] = [],
        _ alter: @Sendable (ExecutionRows, Timestamp) throws(OperationRefusal) -> ExecutionRows
    ) async throws -> ExecutionSnapshot {
        let id = present.execution.id
        guard Self.changing.withLock({ $0.insert(id).inserted }) else {
            throw EngineRefusal.conflict("Execution '\(id)' is just being changed")
        }
        defer { Self.changing.withLock { _ = $0.remove(id) } }
        // Its end may be seen before it is on disk.
        if new == nil, present.execution.state.current.isTerminated { try await executor.saved(id) }
        if new == nil, await executor.isActive(id) {
            if let made = try await reshape(paused: id, alter) { return made }
            throw EngineRefusal.conflict(
                "Execution '\(id)' is not at its end, current state is '\(present.execution.state.current.rawValue)': resume or kill it first"
            )
        }
        let now = clock.now
        let rows: ExecutionRows
        do throws(OperationRefusal) {
            rows = try alter(ExecutionRows(present.execution, taskRuns: present.taskRuns), now)
        } catch {
            throw EngineRefusal(error)
        }
        try await store.commit(Self.changes(to: rows, isNew: new != nil) + more)
        let (errors, mask) = (ErrorLog(), mask(of: rows.execution, flow: flow))
        let surroundings = surroundings(namespace: rows.execution.namespace, errors: errors, mask: mask)
        let (state, decision) = ExecutionState.restored(
            rows.execution, taskRuns: rows.taskRuns, nextNumber: rows.nextNumber, of: flow, at: now, with: surroundings)
        await executor.resume(
            ActiveExecution(state, flow: flow, surroundings: surroundings, errors: errors, mask: mask), decision)
        return ExecutionSnapshot(execution: rows.execution, taskRuns: rows.taskRuns, isOpen: true)
    }

    /// The same for an execution that waits: its rows change where they are. Nil when it does not wait.
    private func reshape(
        paused id: ExecutionID, _ alter: @Sendable (ExecutionRows, Timestamp) throws(OperationRefusal) -> ExecutionRows
    ) async throws -> ExecutionSnapshot? {
        let now = clock.now
        return try await executor.remake(id) { present, flow, surroundings in
            let rows: ExecutionRows
            do throws(OperationRefusal) {
                rows = try alter(ExecutionRows(present.execution, taskRuns: present.taskRuns), now)
            } catch {
                throw EngineRefusal(error)
            }
            let (state, decision) = ExecutionState.restored(
                rows.execution, taskRuns: rows.taskRuns, nextNumber: rows.nextNumber, of: flow, at: now,
                with: surroundings)
            let snapshot = ExecutionSnapshot(execution: rows.execution, taskRuns: rows.taskRuns, isOpen: true)
            return (state, decision, Self.changes(to: rows, isNew: false), snapshot)
        }
    }

    private static func changes(to rows: ExecutionRows, isNew: Bool) -> [Change] {
        let id = rows.execution.id
        if isNew { return [.insertExecution(rows.execution, isOpen: true), .taskRuns(id, rows.taskRuns)] }
        return [
            .updateExecution(rows.execution, isOpen: true), .removeTaskRuns(id, numbers: rows.removed),
            .removeTimers(id), .taskRuns(id, rows.taskRuns),
        ]
    }

    /// Executions whose rows are being changed at this moment: one change at a time.
    private static let changing = Mutex<Set<ExecutionID>>([])
}

extension EngineRefusal {
    init(_ refusal: OperationRefusal) {
        switch refusal {
        case .conflict(let text): self = .conflict(text)
        case .unprocessable(let text): self = .invalid(text)
        }
    }
}
