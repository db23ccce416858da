import Expressions
import FlowModel
import TaskKit

/// A Schedule or ScheduleOnDates trigger made ready to be evaluated: made once for a revision of its flow.
///
/// All of it is pure: moments come in as arguments, what expressions may ask comes with the `TriggerScope`.
/// Source: engine spec §7.2, §7.3.
public struct ScheduleDefinition: Sendable {
    public let namespace: String
    public let flowID: String
    public let trigger: FlowTrigger
    /// Where its dates are shown: the trigger's `timezone`, else the server's.
    public let zone: Zone
    public let recovery: Schedule.Recovery
    /// What the row repeats.
    public let stopAfter: [State]
    /// Whether it may fire while the execution that it started last has not ended.
    public let allowsConcurrent: Bool

    let dates: ScheduleDates
    let conditions: Conditions
    let gate: TriggerGate
    let lateMaximumDelay: ISODuration?
    let inputs: Value?
    /// Whether executions see `trigger.date` and the like.
    let hasVariables: Bool

    /// Whether a trigger is one of those that a scheduler evaluates by the clock.
    public static func handles(_ trigger: FlowTrigger) -> Bool {
        trigger.type == Schedule.about.type || trigger.type == ScheduleOnDates.about.type
    }

    /// - Parameters:
    ///   - zone: the server's own.
    ///   - recovery: the server's default.
    /// - Throws: what is wrong with the definition: cron, time zone, dates, conditions.
    public init(
        _ trigger: FlowTrigger, of flow: Flow, scope: TriggerScope, serverZone: Zone,
        recovery: Schedule.Recovery = .all
    ) throws(TaskFailure) {
        self.trigger = trigger
        namespace = flow.namespace
        flowID = flow.id
        stopAfter = trigger.stopAfter
        allowsConcurrent = trigger.properties["allowConcurrent"] == .bool(true)
        inputs = trigger.properties["inputs"]
        gate = try TriggerGate(trigger)
        let more = ConditionReading.list(trigger.properties["scheduleConditions"], at: trigger.mark)
        conditions = try Conditions(trigger.conditions + more).forSchedules
        // What is being read, to be told with what is wrong.
        var property = "timezone"
        do throws(Problem) {
            let named = trigger.properties["timezone"].flatMap { $0.isNull ? nil : $0.plain() }
            let zone = try named.map { (id) throws(Problem) in try Zone(id) } ?? serverZone
            self.zone = zone
            if trigger.type == ScheduleOnDates.about.type {
                lateMaximumDelay = nil
                hasVariables = false
                property = "dates"
                dates = .list(try Self.dates(trigger.properties["dates"], in: scope.with(), zone))
            } else {
                property = "lateMaximumDelay"
                lateMaximumDelay = try trigger.properties["lateMaximumDelay"].flatMap { $0.isNull ? nil : $0.plain() }
                    .map { (text) throws(Problem) in try ISODuration(text) }
                hasVariables = true
                property = "cron"
                let cron = trigger.properties["cron"]?.plain() ?? ""
                dates = .cron(
                    try CronSchedule(cron, withSeconds: trigger.properties["withSeconds"] == .bool(true)), zone)
            }
        } catch {
            var failure = TaskFailure(error.what)
            failure.property = property
            throw failure
        }
        self.recovery = trigger.properties["recoverMissedSchedules"]?.string.flatMap(Schedule.Recovery.init) ?? recovery
    }

    private static func dates(_ written: Value?, in scope: Scope, _ zone: Zone) throws(Problem) -> [Timestamp] {
        let rendered: Value
        do throws(ExpressionError) {
            switch written {
            case .string(let text)?: rendered = try Template.cached(text).value(in: scope)
            case let value?: rendered = try Renderer.render(value, in: scope)
            case nil: rendered = .null
            }
        } catch {
            throw Problem("schedule.bad-dates", what: "the dates cannot be rendered: \(error)")
        }
        let parsed = rendered.string.flatMap { try? JSON.parse($0) } ?? rendered
        guard case .list(let items) = parsed else {
            throw Problem("schedule.bad-dates", what: "`dates` is not a list", fix: "write each date as an element")
        }
        var dates: [Timestamp] = []
        for item in items { dates.append(try ZonedDateTime(reading: item.plain(), in: zone).instant.timestamp) }
        return dates.sorted()
    }

    // MARK: dates under conditions

    /// How far the search for a date that fits goes.
    private static let searchedYears: Int64 = 10
    /// How many dates it looks at, at most.
    private static let searchedDates = 50_000

    /// What executions of a date see as `trigger.…`.
    func text(of date: Timestamp) -> Value { .string(ZonedDateTime(Instant(date), in: zone).offsetText) }

    /// Whether the conditions and `when` hold at a date.
    func judge(_ date: Timestamp, _ scope: TriggerScope) throws(TaskFailure) -> Verdict {
        if conditions.isEmpty, !gate.isSet { return .holds }
        let variables = scope.with(["date": text(of: date)], schedule: true)
        let context = ConditionContext(
            scope: variables, date: ZonedDateTime(Instant(date), in: zone), namespace: namespace, flowID: flowID)
        let verdict = try conditions.judge(context)
        if verdict != .holds { return verdict }
        return try gate.isOpen(in: variables) ? .holds : .fails
    }

    /// The next date after a moment at which the conditions hold; nil when there is none within ten years.
    func nextFitting(after moment: Timestamp, _ scope: TriggerScope) throws(TaskFailure) -> Timestamp? {
        let end = moment.milliseconds + Self.searchedYears * 366 * 86_400_000
        var last = moment
        for _ in 0..<Self.searchedDates {
            guard let date = dates.next(after: last), date.milliseconds <= end else { return nil }
            switch try judge(date, scope) {
            case .holds: return date
            case .fails: last = date
            case .failsAllDay: last = max(date, startOfDay(date, plus: 1).millisecondBefore)
            }
        }
        return nil
    }

    /// The last date before a moment at which the conditions hold; nil when there is none within ten years.
    func previousFitting(before moment: Timestamp, _ scope: TriggerScope) throws(TaskFailure) -> Timestamp? {
        let end = moment.milliseconds - Self.searchedYears * 366 * 86_400_000
        var last = moment
        for _ in 0..<Self.searchedDates {
            guard let date = dates.previous(before: last), date.milliseconds >= end else { return nil }
            switch try judge(date, scope) {
            case .holds: return date
            case .fails: last = date
            case .failsAllDay: last = min(date, startOfDay(date, plus: 0))
            }
        }
        return nil
    }

    private func startOfDay(_ date: Timestamp, plus days: Int64) -> Timestamp {
        let day = ZonedDateTime(Instant(date), in: zone).date
        let start = LocalDate(epochDay: day.epochDay + days) ?? day
        return ZonedDateTime(start.at(.midnight), in: zone).instant.timestamp
    }
}

extension Timestamp {
    var millisecondBefore: Timestamp { Timestamp(milliseconds: milliseconds - 1) }
}
