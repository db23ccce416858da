import DequeModule
import EngineCore
import FlowModel
import Logging
import TaskKit

/// Runs attempts at runnable tasks, a bounded number at a time, the longest waiting first.
///
/// An attempt waits as a few numbers only; what it needs (its scope, its rendered properties) is made when its turn comes.
actor Worker {
    struct Job: Hashable, Sendable {
        var execution: ExecutionID
        var taskRun: Int
        var attempt: Int
    }

    private let capacity: Int
    private let executor: Executor
    private let services: Services
    private let log: Logger
    private var waiting: Deque<Job> = []
    private var timeouts: [Job: ISODuration] = [:]
    private var running: [Job: Task<Void, Never>] = [:]
    private var stopped: Set<Job> = []
    private var isDraining = false
    private var drained: [CheckedContinuation<Void, Never>] = []

    init(capacity: Int, executor: Executor, services: Services, log: Logger) {
        self.capacity = capacity
        self.executor = executor
        self.services = services
        self.log = log
    }

    /// Does nothing about an attempt that it has already.
    func submit(_ job: Job, timeout: ISODuration?) {
        if isDraining || running[job] != nil || timeouts[job] != nil { return }
        timeouts[job] = timeout ?? .zero
        waiting.append(job)
        startNext()
    }

    /// Interrupts an attempt, or takes it out of the queue.
    func stop(_ job: Job) {
        if let task = running[job] {
            stopped.insert(job)
            task.cancel()
        } else if timeouts[job] != nil {
            timeouts[job] = nil
        }
    }

    var load: (waiting: Int, running: Int) { (timeouts.count - running.count, running.count) }

    private func startNext() {
        while running.count < capacity, let job = waiting.popFirst() {
            guard let timeout = timeouts[job] else { continue }
            running[job] = Task { [weak self] in await self?.run(job, timeout: timeout == .zero ? nil : timeout) }
        }
    }

    private func run(_ job: Job, timeout: ISODuration?) async {
        if let (order, scope) = await executor.order(job.taskRun, attempt: job.attempt, of: job.execution) {
            let attempt = AttemptRun(job: job, order: order, scope: scope, executor: executor, services: services)
            var result = await attempt.result(within: timeout)
            if stopped.contains(job) { result = TaskResult(.killed, outputs: result.outputs) }
            // An attempt that was interrupted because the server stops stays RUNNING on disk: the next start takes it up.
            if !isDraining || !Task.isCancelled || stopped.contains(job) {
                await executor.take(.taskEnded(job.taskRun, attempt: job.attempt, result), for: job.execution)
            }
        }
        running[job] = nil
        timeouts[job] = nil
        stopped.remove(job)
        if isDraining {
            if running.isEmpty {
                for waiter in drained { waiter.resume() }
                drained = []
            }
        } else {
            startNext()
        }
    }

    /// Takes no more work, and returns when what runs has ended, or was interrupted at the end of the grace period.
    func drain(grace: ISODuration) async {
        isDraining = true
        waiting = []
        if running.isEmpty { return }
        let clock = services.clock
        let deadline = clock.now.advanced(by: grace)
        let alarm = Task { [weak self] in
            try await clock.sleep(until: deadline)
            await self?.interruptAll()
        }
        await withCheckedContinuation { drained.append($0) }
        alarm.cancel()
    }

    private func interruptAll() {
        log.warning("The grace period is over: \(running.count) running tasks are interrupted and taken up at the next start")
        for task in running.values { task.cancel() }
    }
}
