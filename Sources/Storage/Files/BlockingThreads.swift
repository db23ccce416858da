import Dispatch
import Foundation
import Synchronization

/// A few threads for calls that block, so that they hold up nobody else's. Each is started when it is first needed and takes the
/// oldest call that waits.
final class BlockingThreads: Sendable {
    private struct State {
        var incoming: [@Sendable () -> Void] = []
        /// Taken from `incoming` and turned round, so that the oldest is at the end.
        var oldest: [@Sendable () -> Void] = []
        var idle = 0
        var started = 0
        var isClosed = false

        mutating func next() -> (@Sendable () -> Void)? {
            if oldest.isEmpty {
                oldest = incoming.reversed()
                incoming.removeAll(keepingCapacity: true)
            }
            return oldest.popLast()
        }
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let name: String
    private let limit: Int

    init(name: String, limit: Int) {
        self.name = name
        self.limit = max(limit, 1)
    }

    /// - Throws: what `work` throws, or `closed`.
    func run<Answer: Sendable>(
        _ work: @escaping @Sendable () throws(StorageError) -> Answer
    ) async throws(StorageError) -> Answer {
        let answer: Result<Answer, StorageError> = await withCheckedContinuation { done in
            let isTaken = submit {
                do throws(StorageError) {
                    done.resume(returning: .success(try work()))
                } catch {
                    done.resume(returning: .failure(error))
                }
            }
            if !isTaken { done.resume(returning: .failure(Writer.closed)) }
        }
        return try answer.get()
    }

    private func submit(_ call: @escaping @Sendable () -> Void) -> Bool {
        enum Step { case refuse, start, wake, wait }
        let step: Step = state.withLock { state in
            if state.isClosed { return .refuse }
            state.incoming.append(call)
            if state.idle > 0 {
                state.idle -= 1
                return .wake
            }
            guard state.started < limit else { return .wait }
            state.started += 1
            return .start
        }
        switch step {
        case .refuse: return false
        case .wake: wake.signal()
        case .start: start()
        case .wait: break
        }
        return true
    }

    private func start() {
        let thread = Thread { [self] in
            while true {
                let (call, isOver) = state.withLock { state in
                    let call = state.next()
                    if call == nil, !state.isClosed { state.idle += 1 }
                    return (call, call == nil && state.isClosed)
                }
                if let call { call() } else if isOver { return } else { wake.wait() }
            }
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// What was submitted is still done; what comes later is refused. The threads end.
    func close() {
        let idle = state.withLock { state in
            defer { state.idle = 0 }
            state.isClosed = true
            return state.idle
        }
        for _ in 0..<idle { wake.signal() }
    }
}
