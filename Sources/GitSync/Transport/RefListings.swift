import Synchronization

/// Asks remotes for a branch's tip; callers who ask for the same at the same time share one question.
///
/// Nobody gets an answer to a question that was put before his own: who comes while one is under way shares the next one.
/// So a run that a push started always sees that push.
actor RefListings {
    private struct Key: Hashable {
        var connection: Connection
        var branch: String
    }

    private typealias Answer = Task<Result<RemoteRefs, GitError>, Never>
    private var running: [Key: Answer] = [:]
    private var next: [Key: Answer] = [:]

    func refs(
        of connection: Connection, branch: String,
        asking: @escaping @Sendable () async throws(GitError) -> RemoteRefs
    ) async throws(GitError) -> RemoteRefs {
        let key = Key(connection: connection, branch: branch)
        if let shared = next[key] { return try await Self.wait(for: shared) }
        let before = running[key]
        let task = Answer(executorPreference: GitThreads.shared) {
            if let before {
                _ = await before.value
                await self.begin(key)
            }
            let result: Result<RemoteRefs, GitError>
            do throws(GitError) {
                result = .success(try await asking())
            } catch {
                result = .failure(error)
            }
            await self.end(key)
            return result
        }
        if before == nil { running[key] = task } else { next[key] = task }
        return try await Self.wait(for: task)
    }

    /// The shared answer; who is cancelled goes at once, the others wait on.
    private static func wait(for answer: Answer) async throws(GitError) -> RemoteRefs {
        let wait = Wait()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                wait.begin(continuation)
                Task { wait.end(await answer.value) }
            }
        } onCancel: {
            wait.end(.failure(GitError(.unreachable, "interrupted while it waited for the Git server")))
        }.get()
    }

    /// One who waits: answered once, by whatever comes first, even before he began.
    private final class Wait: Sendable {
        private typealias Outcome = Result<RemoteRefs, GitError>
        private struct State {
            var continuation: CheckedContinuation<Outcome, Never>?
            var outcome: Outcome?
        }

        private let state = Mutex(State())

        func begin(_ continuation: CheckedContinuation<Result<RemoteRefs, GitError>, Never>) {
            let outcome = state.withLock { state in
                if state.outcome == nil { state.continuation = continuation }
                return state.outcome
            }
            if let outcome { continuation.resume(returning: outcome) }
        }

        func end(_ outcome: Result<RemoteRefs, GitError>) {
            let continuation = state.withLock { state in
                guard state.outcome == nil else { return CheckedContinuation<Outcome, Never>?.none }
                state.outcome = outcome
                defer { state.continuation = nil }
                return state.continuation
            }
            continuation?.resume(returning: outcome)
        }
    }

    /// The question that waited is put now: nobody may join it any more.
    private func begin(_ key: Key) {
        running[key] = next.removeValue(forKey: key)
    }

    private func end(_ key: Key) {
        if next[key] == nil { running[key] = nil }
    }
}
