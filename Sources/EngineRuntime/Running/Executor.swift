import EngineCore
import Expressions
import FlowModel
import Logging
import Storage
import TaskKit

/// Steps all executions of this server: takes events, saves what each step decided, and only then acts on it.
///
/// Steps of many executions that come together are saved in one transaction: while a commit is under way the next steps
/// gather. An execution is held in memory until it has finished; everything it holds follows from its rows.
actor Executor {
    private struct Pending {
        var execution: ActiveExecution
        var changes: [Change]
        var commands: [Command]
        var saved: CheckedContinuation<Void, Never>?
    }

    private let store: any Store
    private let clock: any FlowClock
    private let log: Logger
    private let failed: @Sendable (StorageError) -> Void
    private var actions: (any ExecutorActions)?

    private var active: [ExecutionID: ActiveExecution] = [:]
    private var pending: [Pending] = []
    private var isSaving = false
    private var isStopped = false
    private var nextFollower = 0
    /// Executions that wait for a place in their flow's concurrency limit, the longest waiting first.
    private var queues: [FlowKey: [ExecutionID]] = [:]

    /// - Parameter failed: called when a step cannot be saved: nothing can go on then.
    init(
        store: any Store, clock: any FlowClock, log: Logger,
        failed: @escaping @Sendable (StorageError) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.log = log
        self.failed = failed
    }

    func connect(_ actions: any ExecutorActions) { self.actions = actions }

    // MARK: events

    /// Takes in an execution that was just made. Returns when it is on disk, with all that its first step did.
    /// - Parameter more: rows that belong to its creation, such as the link to its parent.
    func begin(_ execution: ActiveExecution, more: [Change] = []) async {
        if active[execution.id] != nil { return }
        active[execution.id] = execution
        let decision = execution.state.apply(
            .created(running: running(execution.key, except: execution.id)), at: clock.now, to: execution.flow,
            with: execution.surroundings)
        await withCheckedContinuation { saved in
            settle(execution, decision, isNew: true, more: more, saved: saved)
        }
    }

    /// Takes in an execution that a former process had not finished, with what is to be done about it now.
    func resume(_ execution: ActiveExecution, _ decision: Decision) {
        active[execution.id] = execution
        if execution.state.execution.state.current == .queued { queues[execution.key, default: []].append(execution.id) }
        settle(execution, decision)
    }

    /// Applies an event; does nothing for an execution that is not there any more.
    func take(_ event: Event, for id: ExecutionID) {
        guard let execution = active[id] else { return }
        let decision = execution.state.apply(event, at: clock.now, to: execution.flow, with: execution.surroundings)
        settle(execution, decision)
    }

    /// Applies an event and returns when what it changed is on disk.
    /// - Returns: false when the execution is not among the unfinished ones.
    @discardableResult
    func takeAndSave(_ event: Event, for id: ExecutionID) async -> Bool {
        guard let execution = active[id] else { return false }
        let decision = execution.state.apply(event, at: clock.now, to: execution.flow, with: execution.surroundings)
        await withCheckedContinuation { saved in settle(execution, decision, saved: saved) }
        return true
    }

    /// A moment has come that an execution waits for: its own start, or one of a task run.
    func wake(_ timer: EngineTimer, for id: ExecutionID) {
        guard let execution = active[id] else { return }
        let event: Event = timer.kind == .schedule ? .created(running: running(execution.key, except: id)) : .timerFired(timer)
        take(event, for: id)
    }

    /// Lines that a running task wrote.
    func take(logs entries: [LogEntry], for id: ExecutionID) {
        guard let execution = active[id] else { return }
        var decision = Decision()
        decision.logs = entries
        settle(execution, decision)
    }

    /// What a worker needs to make an attempt, once the attempt is on disk as running; nil when it is no longer wanted.
    func order(_ number: Int, attempt: Int, of id: ExecutionID) async -> (order: TaskOrder, scope: Scope)? {
        guard let execution = active[id],
            let order = execution.state.order(number, of: execution.flow, with: execution.surroundings)
        else { return nil }
        await takeAndSave(.taskStarted(number, attempt: attempt), for: id)
        guard active[id] === execution, execution.state.taskRun(number)?.state.current == .running else { return nil }
        let surroundings = execution.surroundings
        return (
            order,
            Scope(
                variables: order.variables, world: surroundings.world, limits: surroundings.limits,
                recursive: surroundings.rendersRecursively)
        )
    }

    // MARK: looking

    func snapshot(of id: ExecutionID) -> ExecutionSnapshot? { active[id]?.snapshot }
    func isActive(_ id: ExecutionID) -> Bool { active[id] != nil }
    var activeCount: Int { active.count }

    /// Waits until nothing more happens in the execution; nil when it is not among the unfinished ones.
    func end(of id: ExecutionID) async -> ExecutionSnapshot? {
        guard let execution = active[id] else { return nil }
        return await withCheckedContinuation { execution.waiters.append($0) }
    }

    /// The execution after each saved step, the present state first; nil when it is not among the unfinished ones.
    func follow(_ id: ExecutionID) -> AsyncStream<ExecutionSnapshot>? {
        guard let execution = active[id] else { return nil }
        // Who cannot keep up sees the newest states only.
        let (stream, continuation) = AsyncStream.makeStream(of: ExecutionSnapshot.self, bufferingPolicy: .bufferingNewest(16))
        nextFollower += 1
        let number = nextFollower
        execution.followers[number] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.unfollow(id, number) }
        }
        continuation.yield(execution.snapshot)
        return stream
    }

    private func unfollow(_ id: ExecutionID, _ number: Int) { active[id]?.followers[number] = nil }

    // MARK: saving, then acting

    private func settle(
        _ execution: ActiveExecution, _ decision: Decision, isNew: Bool = false, more: [Change] = [],
        saved: CheckedContinuation<Void, Never>? = nil
    ) {
        if decision.isEmpty && !isNew && saved == nil { return }
        let changes = execution.changes(for: decision, isNew: isNew) + more
        noteQueue(execution)
        pending.append(Pending(execution: execution, changes: changes, commands: decision.commands, saved: saved))
        if !isSaving {
            isSaving = true
            Task { await save() }
        }
    }

    private func save() async {
        while !pending.isEmpty {
            let batch = pending
            pending = []
            let changes = batch.flatMap(\.changes)
            if !changes.isEmpty {
                do throws(StorageError) {
                    try await store.commit(changes)
                } catch {
                    // Memory is ahead of the disk now. Nothing of it was told to anyone, so stopping loses nothing.
                    isStopped = true
                    failed(error)
                    return
                }
            }
            for item in batch { act(on: item) }
        }
        isSaving = false
    }

    private func act(on item: Pending) {
        let execution = item.execution
        item.saved?.resume()
        if !execution.followers.isEmpty {
            let snapshot = execution.snapshot
            for follower in execution.followers.values { follower.yield(snapshot) }
        }
        guard let actions, !isStopped else { return }
        for command in item.commands {
            switch command {
            case .proceed: take(.proceeded, for: execution.id)
            case .finished: finish(execution)
            default: actions.carryOut(command, for: execution.id, flow: execution.flow)
            }
        }
    }

    private func finish(_ execution: ActiveExecution) {
        active[execution.id] = nil
        let snapshot = execution.snapshot
        for waiter in execution.waiters { waiter.resume(returning: snapshot) }
        for follower in execution.followers.values { follower.finish() }
        execution.waiters = []
        execution.followers = [:]
        actions?.finished(snapshot, variables: execution.state.variables(of: execution.flow, with: execution.surroundings))
        wakeNext(in: execution.key)
    }

    // MARK: concurrency limits

    private func running(_ key: FlowKey, except id: ExecutionID) -> Int {
        guard active[id]?.flow.flow.concurrency != nil else { return 0 }
        return active.values.count { other in
            guard other.key == key, other.id != id else { return false }
            let state = other.state.execution.state.current
            return state == .running || state == .paused || state == .restarted || state == .retrying || state == .killing
        }
    }

    private func noteQueue(_ execution: ActiveExecution) {
        guard execution.flow.flow.concurrency != nil else { return }
        let isQueued = execution.state.execution.state.current == .queued
        let isListed = queues[execution.key]?.contains(execution.id) ?? false
        if isQueued && !isListed {
            queues[execution.key, default: []].append(execution.id)
        } else if !isQueued && isListed {
            queues[execution.key]?.removeAll { $0 == execution.id }
        }
    }

    private func wakeNext(in key: FlowKey) {
        guard let next = queues[key]?.first, let execution = active[next] else { return }
        if let limit = execution.flow.flow.concurrency?.limit, running(key, except: next) >= limit { return }
        take(.unqueued, for: next)
    }
}

/// What the executor has others do, once the step that ordered it is saved. Returns at once; answers come as events.
protocol ExecutorActions: Sendable {
    func carryOut(_ command: Command, for id: ExecutionID, flow: CompiledFlow)
    func finished(_ snapshot: ExecutionSnapshot, variables: any Variables)
}
