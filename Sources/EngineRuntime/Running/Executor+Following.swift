import EngineCore
import FlowModel
import Storage

/// Looking at executions, following them and waiting for their ends.
extension Executor {
    func snapshot(of id: ExecutionID) -> ExecutionSnapshot? { active[id]?.snapshot }
    func isActive(_ id: ExecutionID) -> Bool { active[id] != nil }
    /// Where the execution stands below the one that nobody started as a subflow; nil when it is not known here.
    func line(of id: ExecutionID) -> Line? { active[id]?.line }
    func note(_ line: Line, of id: ExecutionID) { active[id]?.line = line }
    var activeCount: Int { active.count }
    func startedExecutions(by root: ExecutionID) -> Int { descendants.started(by: root) }

    /// Waits until nothing more happens in the execution; nil when it is not among the unfinished ones.
    /// - Throws: `CancellationError`, and why the engine stopped before the end.
    func end(of id: ExecutionID) async throws -> ExecutionSnapshot? {
        if let stop { throw stop }
        guard active[id] != nil else { return nil }
        let number = nextNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                if Task.isCancelled {
                    waiter.resume(throwing: CancellationError())
                } else if let execution = active[id] {
                    execution.watchers.waiters[number] = waiter
                } else {
                    waiter.resume(returning: nil)
                }
            }
        } onCancel: {
            Task { await self.giveUp(id, number) }
        }
    }

    private func giveUp(_ id: ExecutionID, _ number: Int) {
        active[id]?.watchers.waiters.removeValue(forKey: number)?.resume(throwing: CancellationError())
    }

    /// The execution as it is, then as it is after saved steps; nil when it is not among the unfinished ones.
    /// - Throws: why the engine stopped.
    func follow(_ id: ExecutionID) throws -> AsyncStream<ExecutionSnapshot>? {
        if let stop { throw stop }
        guard let execution = active[id] else { return nil }
        // Who cannot keep up sees the newest states only.
        let (stream, continuation) = AsyncStream.makeStream(
            of: ExecutionSnapshot.self, bufferingPolicy: .bufferingNewest(16))
        let number = nextNumber()
        execution.watchers.followers[number] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.unfollow(id, number) }
        }
        continuation.yield(execution.snapshot)
        return stream
    }

    /// Returns when all that has happened in the execution is on disk.
    /// - Throws: why the engine stopped.
    func saved(_ id: ExecutionID) async throws {
        if let stop { throw stop }
        guard let execution = active[id] ?? closing[id], saver != nil else { return }
        try await withCheckedThrowingContinuation { saved in settle(execution, Decision(), saved: saved) }
    }

    private func unfollow(_ id: ExecutionID, _ number: Int) { active[id]?.watchers.followers[number] = nil }

    func tellFollowers(of batch: [Pending]) {
        var told: Set<ExecutionID> = []
        for item in batch
        where !item.changes.isEmpty && !item.execution.watchers.followers.isEmpty
            && told.insert(item.execution.id).inserted
        {
            item.execution.watchers.tell(item.execution.snapshot)
        }
    }
}
