import Synchronization

/// Work that nobody waits for at once, but that is waited for before the engine has stopped.
final class Errands: Sendable {
    private struct State {
        var underWay: [Int: Task<Void, Never>] = [:]
        var counter = 0
    }
    private let state = Mutex(State())

    func run(_ errand: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.counter += 1
            let number = state.counter
            state.underWay[number] = Task {
                await errand()
                self.ended(number)
            }
        }
    }

    private func ended(_ number: Int) { state.withLock { $0.underWay[number] = nil } }

    /// Waits for all that are under way, and for those that they begin.
    func finish() async {
        while let task = state.withLock({ $0.underWay.values.first }) { await task.value }
    }
}
