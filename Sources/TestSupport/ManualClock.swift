import FlowModel
import Synchronization
import TaskKit

/// A clock that stands still until it is told to go on.
public final class ManualClock: FlowClock {
    private struct Sleeper {
        var id: Int
        var until: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var nextID = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func metWaiters() -> [CheckedContinuation<Void, Never>] {
            let met = waiters.filter { $0.count <= sleepers.count }
            waiters.removeAll { $0.count <= sleepers.count }
            return met.map(\.continuation)
        }
    }

    private let state: Mutex<State>

    /// - Parameter start: noon of 2025-01-15, UTC, unless said otherwise.
    public init(at start: Timestamp = Timestamp(milliseconds: 1_736_942_400_000)) {
        state = Mutex(State(now: start))
    }

    public var now: Timestamp { state.withLock { $0.now } }

    /// Lets time pass: everybody who sleeps until a moment that is reached by it wakes up.
    public func advance(by duration: ISODuration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let woken = state.sleepers.filter { $0.until <= now }
            state.sleepers.removeAll { $0.until <= now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Returns as soon as at least `count` sleep.
    public func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let met = state.withLock { state in
                state.waiters.append((count, continuation))
                return state.metWaiters()
            }
            for waiter in met { waiter.resume() }
        }
    }

    public func sleep(until moment: Timestamp) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enum Outcome { case sleeps([CheckedContinuation<Void, Never>]), isOver, isCancelled }
                let outcome = state.withLock { state -> Outcome in
                    if state.cancelled.remove(id) != nil { return .isCancelled }
                    if moment <= state.now { return .isOver }
                    state.sleepers.append(Sleeper(id: id, until: moment, continuation: continuation))
                    return .sleeps(state.metWaiters())
                }
                switch outcome {
                case .isOver: continuation.resume()
                case .isCancelled: continuation.resume(throwing: CancellationError())
                case .sleeps(let waiters): for waiter in waiters { waiter.resume() }
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
