/// Turns within this process: one holder for each name, the others wait in line without a thread.
actor CacheLocks {
    private struct Waiter {
        var number: Int
        var turn: CheckedContinuation<Bool, Never>
    }

    private var held: [String: [Waiter]] = [:]
    private var count = 0

    /// - Returns: Whether somebody else had it before.
    /// - Throws: `unreachable` when the task is cancelled while it waits.
    @discardableResult
    func enter(_ name: String) async throws(GitError) -> Bool {
        guard held[name] != nil else {
            held[name] = []
            return false
        }
        count += 1
        let number = count
        let hasTurn = await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                if Task.isCancelled {
                    turn.resume(returning: false)
                } else {
                    held[name, default: []].append(Waiter(number: number, turn: turn))
                }
            }
        } onCancel: {
            Task { await self.giveUp(number, name) }
        }
        guard hasTurn else {
            throw GitError(.unreachable, "interrupted while another run used the same repository")
        }
        return true
    }

    func leave(_ name: String) {
        guard var waiting = held[name], !waiting.isEmpty else {
            held[name] = nil
            return
        }
        let next = waiting.removeFirst()
        held[name] = waiting
        next.turn.resume(returning: true)
    }

    private func giveUp(_ number: Int, _ name: String) {
        guard let place = held[name]?.firstIndex(where: { $0.number == number }) else { return }
        held[name]?.remove(at: place).turn.resume(returning: false)
    }
}
