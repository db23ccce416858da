import Dispatch
import Foundation
#if canImport(Glibc)
    import Glibc
#endif
import GRDB
import Synchronization

/// Something to be done within a transaction of the writer, and someone who waits for it to be durable.
protocol WriterJob: Sendable {
    func run(in session: WriteSession) throws(StorageError)
    /// Called once, after the transaction has been committed or has failed.
    func finish(_ error: StorageError?)
}

/// The one writer: a thread of its own that takes all jobs that wait and does them in one transaction.
///
/// While a transaction goes to disk the next jobs gather, so the busier the store is, the more share one wait for the disk.
final class Writer: Sendable {
    private struct Queue {
        var jobs: [any WriterJob] = []
        var isSleeping = false
        var isClosed = false
    }

    private let queue = Mutex(Queue())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter afterCommit: called on the writer's thread with nothing open.
    init(
        pool: DatabasePool, batchLimit: Int, afterCommit: @escaping @Sendable (OpaquePointer, _ logFrames: Int) -> Void
    ) {
        let thread = Thread { [self] in
            let session = pool.writeWithoutTransaction { db in db.sqliteConnection.map(WriteSession.init) }
            var last = 0
            while let jobs = take(batchLimit, after: last) {
                last = jobs.count
                guard let session else {
                    for job in jobs { job.finish(Self.closed) }
                    continue
                }
                pool.writeWithoutTransaction { _ in
                    session.write(jobs)
                    afterCommit(session.connection, session.logFrames.count)
                }
            }
            session?.finish()
            ended.signal()
        }
        thread.name = "storage writer"
        thread.stackSize = 1 << 20
        thread.start()
    }

    func submit(_ job: any WriterJob) {
        let (taken, mustWake) = queue.withLock { queue in
            if queue.isClosed { return (false, false) }
            queue.jobs.append(job)
            let mustWake = queue.isSleeping
            queue.isSleeping = false
            return (true, mustWake)
        }
        if !taken { job.finish(Self.closed) }
        if mustWake { wake.signal() }
    }

    /// Does what was submitted, then ends the thread; what is submitted later fails.
    func close() {
        let mustWake = queue.withLock { queue in
            queue.isClosed = true
            let mustWake = queue.isSleeping
            queue.isSleeping = false
            return mustWake
        }
        if mustWake { wake.signal() }
        ended.wait()
        ended.signal()
    }

    /// Waits for jobs. Nil when there are none and never will be.
    ///
    /// Those whose jobs were done together come back together, but not at the same instant. So after a big batch the first of them
    /// is not taken alone: the others get a moment, far shorter than the disk takes, to join it.
    private func take(_ limit: Int, after last: Int) -> ArraySlice<any WriterJob>? {
        var isPatient = last >= 4
        while true {
            if isPatient {
                isPatient = false
                gather(last / 2)
            }
            let (jobs, isClosed): (ArraySlice<any WriterJob>, Bool) = queue.withLock { queue in
                if queue.jobs.isEmpty {
                    queue.isSleeping = !queue.isClosed
                    return ([], queue.isClosed)
                }
                if queue.jobs.count <= limit {
                    defer { queue.jobs = [] }
                    return (queue.jobs[...], false)
                }
                defer { queue.jobs.removeFirst(limit) }
                return (queue.jobs[..<limit], false)
            }
            if !jobs.isEmpty { return jobs }
            if isClosed { return nil }
            wake.wait()
        }
    }

    /// Lets others run until so many jobs wait, for at most a twentieth of a millisecond.
    private func gather(_ count: Int) {
        let end = ContinuousClock.now + .microseconds(50)
        while queue.withLock({ $0.jobs.count }) < count, ContinuousClock.now < end { sched_yield() }
    }

    static let closed = StorageError(.closed, "the store was closed")
}

/// A list of changes of one caller.
final class CommitJob: WriterJob {
    private let changes: [Change]
    private let done: CheckedContinuation<StorageError?, Never>

    init(_ changes: [Change], _ done: CheckedContinuation<StorageError?, Never>) {
        self.changes = changes
        self.done = done
    }

    func run(in session: WriteSession) throws(StorageError) {
        for change in changes { try session.apply(change) }
    }

    func finish(_ error: StorageError?) { done.resume(returning: error) }
}

/// A piece of work with an answer.
final class WorkJob<Answer: Sendable>: WriterJob {
    typealias Work = @Sendable (WriteSession) -> Result<Answer, StorageError>
    private let work: Work
    private let answer = Mutex<Answer?>(nil)
    private let done: CheckedContinuation<Result<Answer, StorageError>, Never>

    init(_ work: @escaping Work, _ done: CheckedContinuation<Result<Answer, StorageError>, Never>) {
        self.work = work
        self.done = done
    }

    func run(in session: WriteSession) throws(StorageError) {
        let found = try work(session).get()
        answer.withLock { $0 = found }
    }

    func finish(_ error: StorageError?) {
        let answer = answer.withLock { $0 }
        done.resume(returning: error.map { .failure($0) } ?? answer.map { .success($0) } ?? .failure(Writer.closed))
    }
}
