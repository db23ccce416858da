import FlowModel
import TaskKit

/// What follows for a schedule at a moment: what is to be started, and the row to be kept with it.
public struct ScheduleDecision: Sendable {
    /// Nil when nothing is to be started.
    public var firing: ScheduleFiring?
    /// The new row. When an execution is created for the firing, its id is to be set in it, within the same transaction.
    public var row: TriggerState
    /// For the trigger's log.
    public var warnings: [String] = []
}

/// The steps of a schedule's row. Source: engine spec §7.2, §7.3.
extension ScheduleDefinition {
    /// The row of a trigger that is seen for the first time: nothing is run before its next date.
    public func firstRow(now: Timestamp) -> TriggerState {
        TriggerState(
            namespace: namespace, flowID: flowID, triggerID: trigger.id,
            nextExecutionDate: dates.next(after: now) ?? afterTheLast(now), stopAfter: stopAfter,
            disabled: false, updatedDate: now)
    }

    /// What is due by a row at a moment. A row that is disabled, locked or not due yet stays as it is.
    public func decide(_ row: TriggerState, now: Timestamp, scope: TriggerScope) -> ScheduleDecision {
        if row.disabled || row.evaluateRunningDate != nil || row.executionID != nil && !allowsConcurrent {
            return ScheduleDecision(row: row)
        }
        guard let due = row.nextExecutionDate else { return renewed(row, now: now, scope: scope) }
        guard due <= now else { return ScheduleDecision(row: row) }
        return row.backfill.map { decide(row, $0, now: now, scope: scope) }
            ?? decideDue(row, due, now: now, scope: scope)
    }

    private func decideDue(_ row: TriggerState, _ due: Timestamp, now: Timestamp, scope: TriggerScope)
        -> ScheduleDecision
    {
        var row = row
        row.updatedDate = now
        if let late = lateMaximumDelay, due < now.earlier(by: late) {
            return renewed(row, now: now, scope: scope)
        }
        guard let firing = evaluate(from: due, now: now, scope: scope) else {
            // The conditions do not hold, or the definition has other dates now.
            row.date = row.date.map { max($0, due) } ?? due
            return renewed(row, now: now, scope: scope)
        }
        row.date = firing.date
        var decision = renewed(row, now: now, scope: scope)
        decision.firing = firing
        return decision
    }

    /// The row with its next date, which the conditions have their say in.
    private func renewed(_ row: TriggerState, now: Timestamp, scope: TriggerScope) -> ScheduleDecision {
        var decision = ScheduleDecision(row: row)
        do throws(TaskFailure) {
            decision.row.nextExecutionDate = try nextDate(of: row, now: now, scope: scope)
        } catch {
            decision.warnings.append("The conditions are ignored for the next date: \(scope.told(error))")
            decision.row.nextExecutionDate = dates.next(after: lastDate(of: row, now: now)) ?? afterTheLast(now)
        }
        decision.row.stopAfter = stopAfter
        decision.row.updatedDate = now
        return decision
    }

    /// The next date for a row: after its last date, or after now when it has none; late ones are left out.
    public func nextDate(of row: TriggerState, now: Timestamp, scope: TriggerScope) throws(TaskFailure) -> Timestamp? {
        try nextFitting(after: lastDate(of: row, now: now), scope) ?? afterTheLast(now)
    }

    private func lastDate(of row: TriggerState, now: Timestamp) -> Timestamp {
        guard let date = row.date else { return now }
        guard let late = lateMaximumDelay, row.backfill == nil else { return date }
        return max(date, now.earlier(by: late).millisecondBefore)
    }

    /// A list of dates that is done is looked at again in a year; a cron expression that never comes again, never.
    private func afterTheLast(_ now: Timestamp) -> Timestamp? {
        if case .cron = dates { return nil }
        return Timestamp(milliseconds: now.milliseconds + 365 * 86_400_000)
    }

    // MARK: backfills

    /// The row with a backfill begun: its first date is the schedule's first from `start` on.
    public func begun(_ backfill: Backfill, in row: TriggerState, now: Timestamp) -> TriggerState {
        var (row, backfill) = (row, backfill)
        backfill.previousNextExecutionDate = row.backfill?.previousNextExecutionDate ?? row.nextExecutionDate
        let first = dates.next(after: backfill.start.millisecondBefore)
        backfill.currentDate = first ?? backfill.start
        row.updatedDate = now
        guard let first, first <= backfill.end else { return Self.ended(backfill, in: row) }
        row.backfill = backfill
        row.nextExecutionDate = first
        return row
    }

    private func decide(
        _ row: TriggerState, _ backfill: Backfill, now: Timestamp, scope: TriggerScope
    ) -> ScheduleDecision {
        if backfill.paused { return ScheduleDecision(row: row) }
        let reference = dates.next(after: backfill.currentDate.millisecondBefore) ?? backfill.currentDate
        let firing = evaluate(from: reference, now: now, backfill: backfill, scope: scope)
        var decision = ScheduleDecision(firing: firing, row: row)
        decision.row.updatedDate = now
        let last = firing?.date ?? reference
        var following = dates.next(after: last)
        if firing == nil {
            do throws(TaskFailure) {
                following = try nextFitting(after: last, scope)
            } catch {
                decision.warnings.append("The conditions are ignored for the next date: \(scope.told(error))")
            }
        }
        var ahead = backfill
        if let following, following <= backfill.end {
            ahead.currentDate = following
            decision.row.backfill = ahead
            decision.row.nextExecutionDate = following
        } else {
            decision.row = Self.ended(ahead, in: decision.row)
        }
        return decision
    }

    private static func ended(_ backfill: Backfill, in row: TriggerState) -> TriggerState {
        var row = row
        row.backfill = nil
        row.nextExecutionDate = backfill.previousNextExecutionDate
        return row
    }

    // MARK: starts and changes

    /// The row after a time in which nobody looked at it (the server was down, the trigger disabled): the missed dates
    /// are all kept, all but the last one dropped, or all dropped, as the definition says.
    public func recovered(_ row: TriggerState, now: Timestamp) -> TriggerState {
        guard row.backfill == nil, !row.disabled else { return row }
        var row = row
        let stored = row.nextExecutionDate ?? row.date.flatMap { dates.next(after: $0) }
        switch recovery {
        case .all: row.nextExecutionDate = stored ?? dates.next(after: now)
        case .last:
            let last = dates.previous(before: Timestamp(milliseconds: now.milliseconds + 1))
            row.nextExecutionDate = [stored, last].compactMap(\.self).max() ?? dates.next(after: now)
        case .none:
            row.nextExecutionDate = stored.flatMap { $0 > now ? $0 : nil } ?? dates.next(after: now)
        }
        row.nextExecutionDate = row.nextExecutionDate ?? afterTheLast(now)
        row.updatedDate = now
        return row
    }

    /// The row after the flow was saved again. A next date that the definition still has is kept, due or not; else the
    /// next one from now on counts.
    public func redefined(_ row: TriggerState, now: Timestamp) -> TriggerState {
        var row = row
        row.stopAfter = stopAfter
        row.updatedDate = now
        if row.disabled || row.backfill != nil { return row }
        if let next = row.nextExecutionDate, dates.next(after: next.millisecondBefore) == next { return row }
        row.nextExecutionDate = dates.next(after: now) ?? afterTheLast(now)
        return row
    }

    /// The row switched on again, with what was missed recovered.
    public func enabled(_ row: TriggerState, now: Timestamp) -> TriggerState {
        var row = row
        row.disabled = false
        return recovered(row, now: now)
    }
}

extension TriggerState {
    /// The row switched off: it has no next date.
    public func switchedOff(now: Timestamp) -> TriggerState {
        var row = self
        row.disabled = true
        row.nextExecutionDate = nil
        row.updatedDate = now
        return row
    }

    /// The row after the execution it waited for has ended; switched off when that state is one to stop after.
    public func released(by state: State, now: Timestamp) -> TriggerState {
        var row = self
        row.executionID = nil
        row.updatedDate = now
        return stopAfter.contains(state) ? row.switchedOff(now: now) : row
    }

    /// The row with its locks taken off by hand.
    public func unlocked(now: Timestamp) -> TriggerState {
        var row = self
        row.executionID = nil
        row.evaluateRunningDate = nil
        row.workerID = nil
        row.updatedDate = now
        return row
    }
}

extension Timestamp {
    fileprivate func earlier(by duration: ISODuration) -> Timestamp {
        Timestamp(milliseconds: milliseconds - duration.milliseconds)
    }
}
