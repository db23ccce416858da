import EngineCore
import Expressions
import FlowModel
import Storage
import TaskKit

/// Steps all executions of this server: takes events, saves what each step decided, and only then acts on it.
///
/// Steps of many executions that come together are saved in one transaction: while a commit is under way the next steps
/// gather. An execution is held in memory until it has finished; everything it holds follows from its rows.
actor Executor {
    let store: any Store
    private let clock: any FlowClock
    let room: DiskRoom
    private let descendantLimit: Int
    let failed: @Sendable (StorageError) -> Void
    private(set) var actions: (any ExecutorActions)?

    var active: [ExecutionID: ActiveExecution] = [:]
    /// Executions that have ended while attempts of theirs were on workers.
    var closing: [ExecutionID: ActiveExecution] = [:]
    /// Steps that the next transaction saves.
    var pending: [Pending] = []
    var saver: Task<Void, Never>?
    /// Why nothing goes on any more.
    private(set) var stop: (any Error)?
    var places = Places()
    var descendants = Descendants()
    private var lastNumber = 0

    /// - Parameters:
    ///   - descendantLimit: how many executions one may start, itself and through those that it started.
    ///   - failed: called when a step cannot be saved, other than for want of room: nothing can go on then.
    init(
        store: any Store, clock: any FlowClock, room: DiskRoom, descendantLimit: Int,
        failed: @escaping @Sendable (StorageError) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.room = room
        self.descendantLimit = descendantLimit
        self.failed = failed
    }

    func connect(_ actions: any ExecutorActions) { self.actions = actions }

    /// A number that no other watcher of any execution has.
    func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

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
        let decision = apply(.created(running: places.occupied(in: execution.key)), to: execution)
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
        places.note(execution)
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
            take(.created(running: places.occupied(in: execution.key)), for: id)
        }
        for key in places.queued { wakeNext(in: key) }
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
        take(
            timer.kind == .schedule ? .created(running: places.occupied(in: execution.key)) : .timerFired(timer),
            for: id)
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

    // MARK: stopping

    /// Saves what was decided, then lets go of everything. What has not finished is taken up at the next start.
    func close() async {
        room.close()
        while let saver { await saver.value }
        end(because: EngineRefusal.unavailable("The server is stopping"))
    }

    /// Whoever waits is told; nobody waits for what never comes.
    func end(because reason: any Error) {
        if stop != nil { return }
        stop = reason
        for item in pending { item.saved?.resume(throwing: reason) }
        pending = []
        for execution in active.values { execution.watchers.end(throwing: reason) }
        // The dispatcher holds the engine, which holds this.
        actions = nil
    }
}
