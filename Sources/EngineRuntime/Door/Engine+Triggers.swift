import EngineCore
import FlowModel
import Storage

extension Engine {
    /// The schedules that come next, one line each: the moment, the flow and the trigger. A date that was missed while nobody
    /// looked, and is made up for now, is told as such.
    public func nextSchedules(_ count: Int) async throws -> [String] {
        await scheduler.loaded.wait()
        let now = clock.now
        return await scheduler.upcoming(count).map { date, key in
            date > now ? "\(date.iso)  \(key)" : "now  \(key), missed at \(date.iso)"
        }
    }

    /// Disables a schedule, or enables it again with what was missed recovered. Source: engine spec §7.7.
    public func setDisabled(_ disabled: Bool, trigger key: TriggerKey) async throws -> TriggerState {
        let changed = try await scheduler.change(key) { definition, row, now in
            disabled ? row.switchedOff(now: now) : definition.enabled(row, now: now)
        }
        return try found(changed, key)
    }

    /// Takes off the lock that waits for an execution. Source: engine spec §11.5.
    public func unlock(trigger key: TriggerKey) async throws -> TriggerState {
        guard let row = try await store.trigger(key) else { throw EngineRefusal.notFound("Trigger \(key) not found") }
        guard row.isLocked else { throw EngineRefusal.conflict("Trigger is not locked") }
        return try found(try await scheduler.change(key) { _, row, now in row.unlocked(now: now) }, key)
    }

    /// Begins to run past dates. Source: engine spec §7.3.
    public func begin(_ backfill: Backfill, trigger key: TriggerKey) async throws -> TriggerState {
        try found(
            try await scheduler.change(key) { definition, row, now in definition.begun(backfill, in: row, now: now) },
            key)
    }

    private func found(_ row: TriggerState?, _ key: TriggerKey) throws -> TriggerState {
        guard let row else { throw EngineRefusal.notFound("Flow \(key.flow) has no schedule \(key.id)") }
        return row
    }
}
