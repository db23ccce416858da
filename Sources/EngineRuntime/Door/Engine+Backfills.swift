import FlowModel
import Storage

/// Runs over past dates that are under way, and rows that are to be begun anew. Source: engine spec §7.3, §11.5.
extension Engine {
    /// Pauses a backfill, or goes on with it; a row without one stays as it is.
    public func setBackfill(paused: Bool, trigger key: TriggerKey) async throws -> TriggerState {
        try await changed(key) { row, now in
            var row = row
            row.backfill?.paused = paused
            row.updatedDate = now
            return row
        }
    }

    /// Ends a backfill: the schedule goes on where it was before.
    public func endBackfill(trigger key: TriggerKey) async throws -> TriggerState {
        try await changed(key) { row, now in
            guard let backfill = row.backfill else { return row }
            var row = row
            row.backfill = nil
            row.nextExecutionDate = backfill.previousNextExecutionDate
            row.updatedDate = now
            return row
        }
    }

    /// Forgets what the trigger waits for and when it ran last.
    public func restart(trigger key: TriggerKey) async throws -> TriggerState {
        try await changed(key) { row, now in
            var row = row.unlocked(now: now)
            row.workerID = nil
            row.date = nil
            return row
        }
    }

    private func changed(
        _ key: TriggerKey, _ change: @escaping @Sendable (TriggerState, Timestamp) -> TriggerState
    ) async throws -> TriggerState {
        guard let row = try await scheduler.change(key, { _, row, now in change(row, now) }) else {
            throw EngineRefusal.notFound("Flow \(key.flow) has no schedule \(key.id)")
        }
        return row
    }
}
