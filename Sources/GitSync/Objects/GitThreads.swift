import Dispatch
import Foundation
import Synchronization

/// Threads of our own for everything that blocks: libgit2, the `git` program, file locks.
///
/// Nonisolated async code runs on them inside `GitThreads.run`; whatever it awaits elsewhere frees its thread meanwhile.
/// Threads start on demand, at most `limit`, and stay. Swift's shared pool is never blocked.
final class GitThreads: TaskExecutor {
    static let shared = GitThreads(limit: 16)

    private struct State {
        var waiting: [UnownedJob] = []
        var next = 0
        var threads = 0
        var idle = 0
    }

    private let limit: Int
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    init(limit: Int) { self.limit = limit }

    /// Runs `work` on these threads, whatever thread the caller is on.
    static func run<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
        GitLibrary.start()
        return try await withTaskExecutorPreference(shared) { try await work() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustStart = state.withLock { state in
            state.waiting.append(job)
            guard state.idle < state.waiting.count - state.next, state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        if mustStart {
            Thread.detachNewThread { self.work() }
        }
        available.signal()
    }

    private func work() {
        while true {
            state.withLock { $0.idle += 1 }
            available.wait()
            let job = state.withLock { state in
                state.idle -= 1
                let job = state.waiting[state.next]
                state.next += 1
                if state.next == state.waiting.count {
                    state.waiting.removeAll(keepingCapacity: true)
                    state.next = 0
                }
                return job
            }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
