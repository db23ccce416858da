import DequeModule
import EngineCore
import FlowModel
import Logging
import Synchronization
import TaskKit

/// Runs attempts at runnable tasks, a bounded number at a time, the longest waiting first.
///
/// An attempt waits as a few numbers only; what it needs (its scope, its rendered properties) is made when its turn comes.
/// Submitting and stopping take effect in the order of the calls.
final class Worker: Sendable {
    struct Job: Hashable, Sendable {
        var execution: ExecutionID
        var taskRun: Int
        var attempt: Int
    }

    private struct Waiting {
        var ticket: UInt64
        var timeout: ISODuration?
    }
    private struct Running {
        var task: Task<Void, Never>
        /// By a kill: the attempt ends as KILLED.
        var isStopped = false
        /// By the end of the server: the attempt is taken up at the next start.
        var isInterrupted = false
    }
    private struct State {
        var line: Deque<(job: Job, ticket: UInt64)> = []
        /// The jobs of the line that still wait; others in it were stopped.
        var waiting: [Job: Waiting] = [:]
        var running: [Job: Running] = [:]
        var counter: UInt64 = 0
        var isDraining = false
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let capacity: Int
    private let executor: Executor
    private let services: Services
    private let log: Logger
    private let state = Mutex(State())

    init(capacity: Int, executor: Executor, services: Services, log: Logger) {
        self.capacity = max(1, capacity)
        self.executor = executor
        self.services = services
        self.log = log
    }

    /// Does nothing about an attempt that it has already.
    func submit(_ job: Job, timeout: ISODuration?) {
        state.withLock { state in
            if state.isDraining || state.running[job] != nil || state.waiting[job] != nil { return }
            state.counter += 1
            state.waiting[job] = Waiting(ticket: state.counter, timeout: timeout)
            state.line.append((job, state.counter))
            startNext(&state)
        }
    }

    /// Interrupts an attempt, or takes it out of the line.
    func stop(_ job: Job) {
        state.withLock { state in
            state.waiting[job] = nil
            state.running[job]?.isStopped = true
            return state.running[job]?.task
        }?.cancel()
    }

    var load: (waiting: Int, running: Int) { state.withLock { ($0.waiting.count, $0.running.count) } }

    private func startNext(_ state: inout State) {
        while state.running.count < capacity, let (job, ticket) = state.line.popFirst() {
            guard let wanted = state.waiting[job], wanted.ticket == ticket else { continue }
            state.waiting[job] = nil
            state.running[job] = Running(task: Task { await self.run(job, timeout: wanted.timeout) })
        }
    }

    private func run(_ job: Job, timeout: ISODuration?) async {
        if let (order, scope) = await executor.order(job.taskRun, attempt: job.attempt, of: job.execution) {
            let attempt = AttemptRun(job: job, order: order, scope: scope, executor: executor, services: services)
            var result = await attempt.result(within: timeout)
            let slot = state.withLock { $0.running[job] }
            if slot?.isStopped == true { result = result.killed }
            // An attempt that failed because the server stops stays RUNNING on disk: the next start takes it up.
            if slot?.isInterrupted != true || slot?.isStopped == true || result.state != .failed {
                await executor.take(.taskEnded(job.taskRun, attempt: job.attempt, result), for: job.execution)
            }
        }
        let drained = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.running[job] = nil
            if !state.isDraining {
                startNext(&state)
                return []
            }
            guard state.running.isEmpty else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for waiter in drained { waiter.resume() }
    }

    // MARK: stopping

    /// How long an interrupted task is waited for: what a script gets that does not listen, and a little more.
    private static let patience = ISODuration.seconds(6)

    /// Takes no more work, and returns when what runs has ended, at the end of the grace period at the latest. Shortly before
    /// that it is interrupted; at once when the task that drains is cancelled. What does not end then is not waited for: for
    /// the next start it is as lost as what a crash interrupts.
    func drain(grace: ISODuration) async {
        guard closeDoor() else { return }
        let clock = services.clock
        let end = clock.now.advanced(by: grace)
        let ahead = min(Self.patience.milliseconds, grace.milliseconds / 2)
        let alarm = Task {
            try await clock.sleep(until: end.advanced(by: .milliseconds(-ahead)))
            interruptAll()
            try await clock.sleep(until: end)
            giveUp()
        }
        await withTaskCancellationHandler {
            await idle()
        } onCancel: {
            interruptAll()
        }
        alarm.cancel()
    }

    /// Takes no more work and interrupts what runs; returns when it has ended, or does not listen.
    func interrupt() async {
        guard closeDoor() else { return }
        interruptAll()
        let clock = services.clock
        let alarm = Task {
            try await clock.sleep(until: clock.now.advanced(by: Self.patience))
            giveUp()
        }
        await idle()
        alarm.cancel()
    }

    /// Whoever waits for the end of what runs waits no longer.
    private func giveUp() {
        let (count, waiters) = state.withLock { state in
            defer { state.drained = [] }
            return (state.running.count, state.drained)
        }
        if count > 0 { log.warning("\(count) tasks do not listen and are not waited for") }
        for waiter in waiters { waiter.resume() }
    }

    /// - Returns: whether anything runs.
    private func closeDoor() -> Bool {
        state.withLock { state in
            state.isDraining = true
            state.line = []
            state.waiting = [:]
            return !state.running.isEmpty
        }
    }

    private func idle() async {
        await withCheckedContinuation { waiter in
            let isIdle = state.withLock { state in
                if !state.running.isEmpty { state.drained.append(waiter) }
                return state.running.isEmpty
            }
            if isIdle { waiter.resume() }
        }
    }

    private func interruptAll() {
        let tasks = state.withLock { state in
            for job in state.running.keys { state.running[job]?.isInterrupted = true }
            return state.running.values.map(\.task)
        }
        if tasks.isEmpty { return }
        log.warning("\(tasks.count) running tasks are interrupted and taken up at the next start")
        for task in tasks { task.cancel() }
    }
}
