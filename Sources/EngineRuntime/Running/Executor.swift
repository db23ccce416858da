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
        var saved: CheckedContinuation<Void, any Error>?
        var news: News?
    }

    /// What another execution is told once a step is saved.
    struct News {
        var event: Event
        var to: ExecutionID
    }

    /// How an execution comes here for the first time.
    struct Beginning: Sendable {
        /// Rows that belong to its creation, such as the link to its parent.
        var more: [Change] = []
        /// Whether its row is stored already.
        var isStored = false
        /// The task run that asked for it: it begins only while that one waits for it.
        var asker: Asker?

        struct Asker: Sendable {
            var execution: ExecutionID
            var taskRun: Int
            var attempt: Int
        }
    }

    private let store: any Store
    private let clock: any FlowClock
    private let log: Logger
    private let failed: @Sendable (StorageError) -> Void
    private var actions: (any ExecutorActions)?

    private var active: [ExecutionID: ActiveExecution] = [:]
    /// Executions that have ended while attempts of theirs were on workers.
    private var closing: [ExecutionID: ActiveExecution] = [:]
    private var pending: [Pending] = []
    private var saver: Task<Void, Never>?
    /// Why nothing goes on any more.
    private var stop: (any Error)?
    private var nextNumber = 0
    /// Executions that wait for a place in their flow's concurrency limit, the longest waiting first.
    private var queues: [FlowKey: [ExecutionID]] = [:]
    /// How many executions of a flow take a place.
    private var occupied: [FlowKey: Int] = [:]

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
    /// - Returns: false when it is here already, or when nobody waits for it any more.
    /// - Throws: why it could not be saved.
    @discardableResult
    func begin(_ execution: ActiveExecution, _ beginning: Beginning = Beginning()) async throws -> Bool {
        if let stop { throw stop }
        if active[execution.id] != nil { return false }
        var news: News?
        if let asker = beginning.asker {
            // Asked here, in one turn with the beginning: a kill of the asker comes before, or finds the link to its child.
            guard isWaiting(asker) else {
                // A kill of the asker came first, and waits until it is clear that there is nothing to wait for.
                let nothing = Event.subflowRefused(asker.taskRun, attempt: asker.attempt, "It was killed")
                take(nothing, for: asker.execution)
                return false
            }
            execution.depth = active[asker.execution]?.depth.map { $0 + 1 }
            news = News(event: .subflowStarted(asker.taskRun, attempt: asker.attempt), to: asker.execution)
        }
        active[execution.id] = execution
        let decision = apply(.created(running: occupied[execution.key] ?? 0), to: execution)
        try await withCheckedThrowingContinuation { saved in
            settle(
                execution, decision, isNew: !beginning.isStored, more: beginning.more, saved: saved, news: news)
        }
        return true
    }

    private func isWaiting(_ asker: Beginning.Asker) -> Bool {
        guard let execution = active[asker.execution], execution.state.execution.state.current != .killing,
            let run = execution.state.taskRun(asker.taskRun)
        else { return false }
        return run.state.current.isRunning && run.attempts.count == asker.attempt + 1
            && !execution.state.execution.state.current.isTerminated
    }

    /// Takes in an execution that a former process had not finished, with what is to be done about it now.
    func resume(_ execution: ActiveExecution, _ decision: Decision) {
        guard active[execution.id] == nil, stop == nil else { return }
        active[execution.id] = execution
        notePlace(of: execution)
        settle(execution, decision)
    }

    /// Puts other rows in the place of those of a paused execution and has it go on from them. Who follows it or waits for
    /// its end goes on doing so.
    /// - Parameter alter: the state that the new rows make, what is to be done then, the rows that changed, and the result.
    /// - Returns: nil when it is not paused, or has attempts on workers.
    func remake<Result: Sendable>(
        _ id: ExecutionID,
        _ alter:
            @Sendable (ExecutionSnapshot, CompiledFlow, Surroundings) throws -> (
                state: ExecutionState, decision: Decision, changes: [Change], result: Result
            )
    ) async throws -> Result? {
        if let stop { throw stop }
        guard let execution = active[id], execution.state.execution.state.current == .paused, !execution.hasAttempts
        else { return nil }
        let made = try alter(execution.snapshot, execution.flow, execution.surroundings)
        execution.state = made.state
        pending.append(Pending(execution: execution, changes: made.changes, commands: []))
        try await withCheckedThrowingContinuation { saved in settle(execution, made.decision, saved: saved) }
        return made.result
    }

    /// Begins what was stored but not begun, and fills places that became free, once all executions are taken up.
    func begin(takenUp ids: [ExecutionID]) {
        for id in ids {
            guard let execution = active[id], execution.state.execution.state.current == .created else { continue }
            take(.created(running: occupied[execution.key] ?? 0), for: id)
        }
        for key in Array(queues.keys) { wakeNext(in: key) }
    }

    /// Applies an event; does nothing for an execution that is not there any more.
    func take(_ event: Event, for id: ExecutionID) {
        guard stop == nil, let execution = active[id] ?? closing[id] else { return }
        settle(execution, apply(event, to: execution))
        if closing[id] != nil, !execution.hasAttempts { closing[id] = nil }
    }

    /// Applies an event and returns when what it changed is on disk.
    /// - Returns: false when the execution is not among the unfinished ones.
    @discardableResult
    func takeAndSave(_ event: Event, for id: ExecutionID) async throws -> Bool {
        if let stop { throw stop }
        guard let execution = active[id] else { return false }
        let decision = apply(event, to: execution)
        try await withCheckedThrowingContinuation { saved in settle(execution, decision, saved: saved) }
        return true
    }

    private func apply(_ event: Event, to execution: ActiveExecution) -> Decision {
        execution.state.apply(event, at: clock.now, to: execution.flow, with: execution.surroundings)
    }

    /// A moment has come that an execution waits for: its own start, or one of a task run.
    func wake(_ timer: EngineTimer, for id: ExecutionID) {
        guard let execution = active[id] else { return }
        take(timer.kind == .schedule ? .created(running: occupied[execution.key] ?? 0) : .timerFired(timer), for: id)
    }

    /// Lines that a running task wrote.
    func take(logs entries: [LogEntry], for id: ExecutionID) {
        guard stop == nil, let execution = active[id] ?? closing[id] else { return }
        settle(execution, Self.decision(logs: entries))
    }

    /// Lines that a running task wrote; returns when they are on disk.
    func takeAndSave(logs entries: [LogEntry], for id: ExecutionID) async throws {
        if let stop { throw stop }
        guard let execution = active[id] ?? closing[id] else { return }
        try await withCheckedThrowingContinuation { saved in
            settle(execution, Self.decision(logs: entries), saved: saved)
        }
    }

    private static func decision(logs: [LogEntry]) -> Decision {
        var decision = Decision()
        decision.logs = logs
        return decision
    }

    /// What a worker needs to make an attempt, once the attempt is on disk as running; nil when it is no longer wanted.
    func order(_ number: Int, attempt: Int, of id: ExecutionID) async -> (order: TaskOrder, scope: Scope)? {
        guard let execution = active[id],
            let order = execution.state.order(number, of: execution.flow, with: execution.surroundings)
        else { return nil }
        guard (try? await takeAndSave(.taskStarted(number, attempt: attempt), for: id)) == true else { return nil }
        guard active[id] === execution, let run = execution.state.taskRun(number), run.state.current == .running,
            run.attempts.count == attempt + 1
        else { return nil }
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
    /// How deep the execution stands below the one that nobody started as a subflow; nil when it is not known here.
    func depth(of id: ExecutionID) -> Int? { active[id]?.depth }
    func note(depth: Int, of id: ExecutionID) { active[id]?.depth = depth }
    var activeCount: Int { active.count }

    /// Waits until nothing more happens in the execution; nil when it is not among the unfinished ones.
    /// - Throws: `CancellationError`, and why the engine stopped before the end.
    func end(of id: ExecutionID) async throws -> ExecutionSnapshot? {
        if let stop { throw stop }
        guard active[id] != nil else { return nil }
        nextNumber += 1
        let number = nextNumber
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                if Task.isCancelled {
                    waiter.resume(throwing: CancellationError())
                } else if let execution = active[id] {
                    execution.waiters[number] = waiter
                } else {
                    waiter.resume(returning: nil)
                }
            }
        } onCancel: {
            Task { await self.giveUp(id, number) }
        }
    }

    private func giveUp(_ id: ExecutionID, _ number: Int) {
        active[id]?.waiters.removeValue(forKey: number)?.resume(throwing: CancellationError())
    }

    /// The execution as it is, then as it is after saved steps; nil when it is not among the unfinished ones.
    /// - Throws: why the engine stopped.
    func follow(_ id: ExecutionID) throws -> AsyncStream<ExecutionSnapshot>? {
        if let stop { throw stop }
        guard let execution = active[id] else { return nil }
        // Who cannot keep up sees the newest states only.
        let (stream, continuation) = AsyncStream.makeStream(
            of: ExecutionSnapshot.self, bufferingPolicy: .bufferingNewest(16))
        nextNumber += 1
        let number = nextNumber
        execution.followers[number] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.unfollow(id, number) }
        }
        continuation.yield(execution.snapshot)
        return stream
    }

    /// Returns when all that has happened in the execution is on disk.
    /// - Throws: why the engine stopped.
    func saved(_ id: ExecutionID) async throws {
        if let stop { throw stop }
        guard let execution = active[id] ?? closing[id], saver != nil else { return }
        try await withCheckedThrowingContinuation { saved in settle(execution, Decision(), saved: saved) }
    }

    private func unfollow(_ id: ExecutionID, _ number: Int) { active[id]?.followers[number] = nil }

    // MARK: saving, then acting

    private func settle(
        _ execution: ActiveExecution, _ decision: Decision, isNew: Bool = false, more: [Change] = [],
        saved: CheckedContinuation<Void, any Error>? = nil, news: News? = nil
    ) {
        if decision.isEmpty && !isNew && saved == nil { return }
        let changes = execution.changes(for: decision, isNew: isNew) + more
        notePlace(of: execution)
        pending.append(
            Pending(execution: execution, changes: changes, commands: decision.commands, saved: saved, news: news))
        if saver == nil { saver = Task { await save() } }
        // Going on is nobody else's business and needs no disk: the next steps gather while this one is saved. A turn of
        // their own lets others have theirs.
        if decision.goesOn { Task { take(.proceeded, for: execution.id) } }
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
                    // Memory is ahead of the disk now: nothing may go on from it.
                    for item in batch { item.saved?.resume(throwing: error) }
                    saver = nil
                    end(because: error)
                    failed(error)
                    return
                }
            }
            for item in batch { act(on: item) }
            tellFollowers(of: batch)
        }
        saver = nil
    }

    private func act(on item: Pending) {
        item.saved?.resume()
        if let news = item.news { take(news.event, for: news.to) }
        guard let actions, stop == nil else { return }
        let execution = item.execution
        for command in item.commands {
            switch command {
            case .proceed: break  // went on already, see `settle`
            case .finished: finish(execution)
            default: actions.carryOut(command, for: execution.id, flow: execution.flow)
            }
        }
    }

    private func tellFollowers(of batch: [Pending]) {
        var told: Set<ExecutionID> = []
        for item in batch
        where !item.changes.isEmpty && !item.execution.followers.isEmpty && told.insert(item.execution.id).inserted {
            let snapshot = item.execution.snapshot
            for follower in item.execution.followers.values { follower.yield(snapshot) }
        }
    }

    private func finish(_ execution: ActiveExecution) {
        active[execution.id] = nil
        // Interrupted attempts tell their ends a little later: their rows wait for that.
        if execution.state.execution.state.current != .success, execution.hasAttempts {
            closing[execution.id] = execution
        }
        if !execution.waiters.isEmpty || !execution.followers.isEmpty {
            let snapshot = execution.snapshot
            for waiter in execution.waiters.values { waiter.resume(returning: snapshot) }
            for follower in execution.followers.values {
                follower.yield(snapshot)
                follower.finish()
            }
            execution.waiters = [:]
            execution.followers = [:]
        }
        let ended = execution.state.execution
        if ended.trigger != nil {
            tellParent(of: execution)
            actions?.finished(ended)
        }
        wakeNext(in: execution.key)
    }

    private func tellParent(of execution: ActiveExecution) {
        let ended = execution.state.execution
        guard let parent = ended.trigger?.variables["executionId"]?.string.flatMap({ ExecutionID($0) }),
            active[parent] != nil
        else { return }
        let variables = execution.state.variables(of: execution.flow, with: execution.surroundings)
        take(
            .subflowEnded(
                SubflowEnd(child: ended.id, state: ended.state.current, outputs: ended.outputs, variables: variables)),
            for: parent)
    }

    // MARK: stopping

    /// Saves what was decided, then lets go of everything. What has not finished is taken up at the next start.
    func close() async {
        while let saver { await saver.value }
        end(because: EngineRefusal.unavailable("The server is stopping"))
    }

    /// Whoever waits is told; nobody waits for what never comes.
    private func end(because reason: any Error) {
        if stop != nil { return }
        stop = reason
        for item in pending { item.saved?.resume(throwing: reason) }
        pending = []
        for execution in active.values {
            for waiter in execution.waiters.values { waiter.resume(throwing: reason) }
            for follower in execution.followers.values { follower.finish() }
            execution.waiters = [:]
            execution.followers = [:]
        }
        // The dispatcher holds the engine, which holds this.
        actions = nil
    }

    // MARK: concurrency limits

    /// Keeps the counts of places and the queues for them.
    private func notePlace(of execution: ActiveExecution) {
        let state = execution.state.execution.state.current
        let takesPlace =
            state == .running || state == .paused || state == .restarted || state == .retrying || state == .killing
        if takesPlace != execution.takesPlace {
            execution.takesPlace = takesPlace
            let count = (occupied[execution.key] ?? 0) + (takesPlace ? 1 : -1)
            occupied[execution.key] = count == 0 ? nil : count
        }
        let isQueued = state == .queued
        if isQueued != execution.isQueued {
            execution.isQueued = isQueued
            if isQueued {
                queues[execution.key, default: []].append(execution.id)
            } else {
                queues[execution.key]?.removeAll { $0 == execution.id }
                if queues[execution.key]?.isEmpty == true { queues[execution.key] = nil }
            }
        }
    }

    private func wakeNext(in key: FlowKey) {
        while let next = queues[key]?.first, let execution = active[next] {
            if let limit = execution.flow.flow.concurrency?.limit, (occupied[key] ?? 0) >= limit { return }
            take(.unqueued, for: next)
            if execution.isQueued { return }
        }
    }
}

/// What the executor has others do, once the step that ordered it is saved. Returns at once; answers come as events.
protocol ExecutorActions: Sendable {
    func carryOut(_ command: Command, for id: ExecutionID, flow: CompiledFlow)
    func finished(_ execution: Execution)
}
