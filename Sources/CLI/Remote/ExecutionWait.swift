import ArgumentParser
import Logging

/// Waits for the end of an execution on a server. Ctrl-C kills the execution, on a terminal after asking; a second one leaves
/// at once.
struct ExecutionWait {
    let remote: RemoteServer
    let id: String

    private enum Happened { case ended, interrupted, left }

    /// - Throws: exit code 130 when it was interrupted.
    func untilEnded() async throws {
        let answer = Answer()
        let interruption = Interruption(note: nil) { await interrupted(answer) }
        var log = Logger(label: "sluice")
        log.logLevel = .critical
        let wasInterrupted = try await withThrowingTaskGroup(of: Happened.self) { [log] group in
            group.addTask {
                // The stream of a log ends when all of it is stored, and the execution with it.
                try await LogFollowing(remote: remote, id: id, parameters: [("minLevel", "ERROR")]).run { _ in }
                return .ended
            }
            group.addTask {
                try await interruption.watch(log)
                return await answer.isKill ? .interrupted : .left
            }
            defer { group.cancelAll() }
            while let happened = try await group.next() {
                switch happened {
                case .ended: return interruption.hasHappened
                case .left: throw Exit.interrupted
                case .interrupted: continue
                }
            }
            return false
        }
        if wasInterrupted {
            Console.note("\(id) is \(try await remote.head(of: id).text("state", "current"))")
            throw Exit.interrupted
        }
    }

    private func interrupted(_ answer: Answer) async {
        if Console.inputIsTerminal, Console.notesAreTerminal {
            Console.note("interrupted: kill \(id) too? y kills it, anything else leaves it running")
            guard readLine()?.lowercased().hasPrefix("y") == true else {
                Console.note("\(id) goes on: `sluice exec get \(id)`")
                return
            }
        }
        await answer.kill()
        Console.note("interrupted: \(id) is being killed; Ctrl-C again leaves at once")
        _ = try? await remote.call("DELETE", "/executions/\(RemoteServer.encode(id))/kill")
    }

    /// What became of an interruption.
    private actor Answer {
        private(set) var isKill = false
        func kill() { isKill = true }
    }
}
