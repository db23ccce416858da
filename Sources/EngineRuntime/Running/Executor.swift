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
    private let store: any Store
    private let clock: any FlowClock
    private let log: Logger
    private let room: DiskRoom
    private let descendantLimit: Int
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
    private var descendants = Descendants()

    /// - Parameters:
    ///   - descendantLimit: how many executions one may start, itself and through those that it started.
    ///   - failed: called when a step cannot be saved, other than for want of room: nothing can go on then.
    init(
        store: any Store, clock: any FlowClock, log: Logger, room: DiskRoom, descendantLimit: Int,
        failed: @escaping @Sendable (StorageError) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.log = log
        self.room = room
        self.descendantLimit = descendantLimit
        self.failed = failed
    }

    func connect(_ actions: any ExecutorActions) { self.actions = actions }

    // MARK: events

    /// Takes in an execution that was just made. Returns when it is on disk, with all that its first step did.
    /// - Returns: false when it is here already, or when nobody waits for it any more.
    /// - Throws: why it could not be saved, or may not begin.
    @discardableResult
    func begin(_ execution: ActiveExecution, _ beginning: Beginning = Beginning()) async throws -> Bool {
        if let stop { throw stop }
        if active[execution.id] != nil { return false }
        if !beginning.isPatient { try room.check() }
        var news: News?
        if let asker = beginning.asker {
            // Asked here, in one turn with the beginning: a kill of the asker comes before, or finds the link to its child.
            guard isWaiting(asker) else {
                // A kill of the asker came first, and waits until it is clear that there is nothing to wait for.
                let nothing = Event.subflowRefused(asker.taskRun, attempt: asker.attempt, "It was killed")
                take(nothing, for: asker.execution)
                return false
            }
            try count(execution, below: asker)
            news = News(event: .subflowStarted(asker.taskRun, attempt: asker.attempt), to: asker.execution)
        }
        active[execution.id] = execution
        let decision = apply(.created(running: occupied[execution.key] ?? 0), to: execution)
        try await withCheckedThrowingContinuation { saved in
            settle(
                execution, decision, isNew: !beginning.isStored, more: beginning.more, saved: saved,
                isPatient: beginning.isPatient, news: news)
        }
        return true
    }

    private func count(_ execution: ActiveExecution, below asker: Beginning.Asker) throws(EngineRefusal) {
        guard let line = active[asker.execution]?.line else { return }
        guard descendants.started(by: line.root) < descendantLimit else {
            throw EngineRefusal.conflict(
                "Flow '\(execution.key)' is not started: execution \(line.root) has started \(descendantLimit) others, directly and through subflows, and may start no more. If flows do not start each other without end, raise limits.subflow-descendants"
            )
        }
        descendants.begins(below: line.root)
        execution.line = Line(depth: line.depth + 1, root: line.root)
        execution.isCounted = true
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
        try room.check()
        guard let execution = active[id], execution.state.execution.state.current == .paused, !execution.hasAttempts
        else { return nil }
        let made = try alter(execution.snapshot, execution.flow, execution.surroundings)
        execution.state = made.state
        pending.append(Pending(execution: execution, changes: made.changes, commands: []))
        try await withCheckedThrowingContinuation { saved in
            settle(execution, made.decision, saved: saved, isPatient: false)
        }
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
    /// - Parameter isPatient: whether to wait while the disk is full. Who does not is refused; an event that was applied
    ///   when that turned out is saved nevertheless, once there is room.
    /// - Returns: false when the execution is not among the unfinished ones.
    @discardableResult
    func takeAndSave(_ event: Event, for id: ExecutionID, isPatient: Bool = false) async throws -> Bool {
        if let stop { throw stop }
        guard let execution = active[id] else { return false }
        if !isPatient { try room.check() }
        let decision = apply(event, to: execution)
        try await withCheckedThrowingContinuation { saved in
            settle(execution, decision, saved: saved, isPatient: isPatient)
        }
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
        guard (try? await takeAndSave(.taskStarted(number, attempt: attempt), for: id, isPatient: true)) == true else {
            return nil
        }
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
    /// Where the execution stands below the one that nobody started as a subflow; nil when it is not known here.
    func line(of id: ExecutionID) -> Line? { active[id]?.line }
    func note(_ line: Line, of id: ExecutionID) { active[id]?.line = line }
    var activeCount: Int { active.count }
    func startedExecutions(by root: ExecutionID) -> Int { descendants.started(by: root) }

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
        saved: CheckedContinuation<Void, any Error>? = nil, isPatient: Bool = true, news: News? = nil
    ) {
        if decision.isEmpty && !isNew && saved == nil { return }
        let changes = execution.changes(for: decision, isNew: isNew) + more
        notePlace(of: execution)
        pending.append(
            Pending(
                execution: execution, changes: changes, commands: decision.commands, isNew: isNew, saved: saved,
                isPatient: isPatient, news: news))
        if saver == nil { saver = Task { await save() } }
        // Going on is nobody else's business and needs no disk: the next steps gather while this one is saved. A turn of
        // their own lets others have theirs.
        if decision.goesOn { Task { take(.proceeded, for: execution.id) } }
    }

    private func save() async {
        while !pending.isEmpty, stop == nil {
            let batch = pending
            pending = []
            var saved = Saved()
            do throws(StorageError) {
                try await saveAll(batch, &saved)
            } catch {
                // Memory is ahead of the disk now: nothing may go on from it.
                for item in saved.items { item.saved?.resume(throwing: error) }
                saver = nil
                end(because: error)
                // Room was waited for until the engine stopped: that is no fault.
                if error.kind != .diskFull { failed(error) }
                return
            }
            for item in saved.items { act(on: item) }
            tellFollowers(of: saved.items)
        }
        saver = nil
    }

    private struct Saved {
        var items: [Pending] = []
        /// How many of a batch are through: saved or refused.
        var count = 0
    }

    /// Saves steps, and waits for room on the disk when there is none. What a caller asked for is refused then.
    private func saveAll(_ batch: [Pending], _ saved: inout Saved) async throws(StorageError) {
        var rest = batch
        while true {
            do throws(StorageError) {
                try await commit(rest[...], &saved)
                return
            } catch {
                rest.removeFirst(saved.count)
                saved.count = 0
                guard error.kind == .diskFull else {
                    for item in rest { item.saved?.resume(throwing: error) }
                    throw error
                }
                // Whoever is told so finds it so.
                room.lost(because: error)
                rest = refuseCallers(of: rest, because: error)
                let later = pending
                pending = []
                pending = refuseCallers(of: later, because: error) + pending
                guard await room.wait() else {
                    for item in rest { item.saved?.resume(throwing: error) }
                    throw error
                }
            }
        }
    }

    /// Saves steps in one transaction. When one of them would create an execution whose id is taken, that one is refused and the
    /// others are saved in several.
    private func commit(_ batch: ArraySlice<Pending>, _ saved: inout Saved) async throws(StorageError) {
        let wanted = batch.filter { !$0.execution.isRefused }
        var changes = wanted.flatMap(\.changes)
        // When all was refused that found the disk full, something must be written to see that there is room again.
        if changes.isEmpty, room.fault != nil { changes = [room.probe] }
        do throws(StorageError) {
            if !changes.isEmpty {
                try await store.commit(changes)
                room.found()
            }
        } catch {
            guard error.kind == .duplicate else { throw error }
            guard batch.count == 1 else {
                let middle = batch.startIndex + batch.count / 2
                try await commit(batch[..<middle], &saved)
                return try await commit(batch[middle...], &saved)
            }
            guard wanted[0].isNew else { throw error }
            saved.count += 1
            return refuse(wanted[0], because: error)
        }
        for item in batch where item.execution.isRefused { item.saved?.resume(throwing: Self.gone) }
        saved.items += wanted
        saved.count += batch.count
    }

    private static let gone = EngineRefusal.conflict("The execution could not be created")

    /// An execution that cannot be created is not here any more, with all that it did meanwhile.
    private func refuse(_ item: Pending, because error: StorageError) {
        let execution = item.execution
        execution.isRefused = true
        item.saved?.resume(throwing: error)
        for later in pending where later.execution === execution { later.saved?.resume(throwing: error) }
        pending.removeAll { $0.execution === execution }
        active[execution.id] = nil
        leavePlace(of: execution)
        forget(execution)
        for waiter in execution.waiters.values { waiter.resume(throwing: error) }
        for follower in execution.followers.values { follower.finish() }
        (execution.waiters, execution.followers) = ([:], [:])
        wakeNext(in: execution.key)
    }

    /// Who does not want to wait for room is told so; what they wanted to create is not created.
    /// - Returns: what is still to be saved.
    private func refuseCallers(of batch: [Pending], because error: StorageError) -> [Pending] {
        var rest: [Pending] = []
        for var item in batch {
            if item.execution.isRefused {
                item.saved?.resume(throwing: error)
                continue
            }
            if item.isNew, !item.isPatient {
                refuse(item, because: error)
                continue
            }
            if !item.isPatient {
                item.saved?.resume(throwing: error)
                item.saved = nil
            }
            rest.append(item)
        }
        return rest
    }

    /// It counts no more among those that another one started.
    private func forget(_ execution: ActiveExecution) {
        guard let root = execution.line?.root else { return }
        if execution.isCounted {
            descendants.ends(below: root, rootIsActive: active[root] != nil)
        } else {
            descendants.rootEnds(root)
        }
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
        forget(execution)
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
        room.close()
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
        note(execution, takesPlace: takesPlace)
        note(execution, isQueued: state == .queued)
    }

    private func note(_ execution: ActiveExecution, takesPlace: Bool) {
        if takesPlace != execution.takesPlace {
            execution.takesPlace = takesPlace
            let count = (occupied[execution.key] ?? 0) + (takesPlace ? 1 : -1)
            occupied[execution.key] = count == 0 ? nil : count
        }
    }

    private func note(_ execution: ActiveExecution, isQueued: Bool) {
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

    private func leavePlace(of execution: ActiveExecution) {
        note(execution, takesPlace: false)
        note(execution, isQueued: false)
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
