import DequeModule
import Synchronization

/// Work that nobody waits for at once, but that is waited for before the engine has stopped.
final class Errands: Sendable {
    private struct State {
        var underWay: [Int: Task<Void, Never>] = [:]
        var waiting: Deque<@Sendable () async -> Void> = []
        var counter = 0
    }
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many are under way at once; others wait, in their order.
    init(limit: Int = .max) { self.limit = limit }

    func run(_ errand: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.waiting.append(errand)
            startNext(&state)
        }
    }

    var load: (waiting: Int, underWay: Int) { state.withLock { ($0.waiting.count, $0.underWay.count) } }

    private func startNext(_ state: inout State) {
        while state.underWay.count < limit, let errand = state.waiting.popFirst() {
            state.counter += 1
            let number = state.counter
            state.underWay[number] = Task {
                await errand()
                self.ended(number)
            }
        }
    }

    private func ended(_ number: Int) {
        state.withLock { state in
            state.underWay[number] = nil
            startNext(&state)
        }
    }

    /// Waits for all that are under way, and for those that they begin.
    func finish() async {
        while let task = state.withLock({ $0.underWay.values.first }) { await task.value }
    }
}
