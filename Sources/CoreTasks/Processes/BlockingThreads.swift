import Dispatch
import Foundation
import Synchronization

/// Threads of our own for calls that wait: a child process, large files. Swift's shared pool is never blocked.
///
/// A thread starts when work comes and none is idle, and ends after ten idle seconds. Above the limit, work queues; the
/// worker's own limit on running tasks keeps that queue short.
final class BlockingThreads: Sendable {
    static let shared = BlockingThreads(limit: 1024)

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var next = 0
        var threads = 0
        var idle = 0

        mutating func take() -> (@Sendable () -> Void)? {
            guard next < waiting.count else { return nil }
            let work = waiting[next]
            next += 1
            if next == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                next = 0
            }
            return work
        }
    }

    private let limit: Int
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    init(limit: Int) { self.limit = limit }

    /// Runs `work` on one of these threads.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: work()) }
        }
    }

    /// Runs `work`, which may fail, on one of these threads.
    func run<Result: Sendable, Failure: Error>(
        throwing work: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = await run { () -> Swift.Result<Result, Failure> in
            do throws(Failure) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private func submit(_ work: @escaping @Sendable () -> Void) {
        let mustStart = state.withLock { state in
            state.waiting.append(work)
            guard state.idle < state.waiting.count - state.next, state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        if mustStart { Thread.detachNewThread { self.serve() } }
        available.signal()
    }

    private func serve() {
        while true {
            state.withLock { $0.idle += 1 }
            let timedOut = available.wait(timeout: .now() + .seconds(10)) == .timedOut
            let (work, mayEnd) = state.withLock { state in
                state.idle -= 1
                let work = state.take()
                let mayEnd = work == nil && timedOut
                if mayEnd { state.threads -= 1 }
                return (work, mayEnd)
            }
            work?()
            if mayEnd { return }
        }
    }
}
