import Expressions
import FlowModel
import OrderedCollections
import TaskKit
import Testing

@testable import EngineCore

private func moment(_ text: String) throws -> Timestamp { try Timestamp(iso: text) }

private struct Fixture {
    var flow: Flow
    var definition: ScheduleDefinition
    var scope: TriggerScope

    init(
        _ properties: ValueMap, conditions: [FlowCondition] = [], labels: [Label] = [], stopAfter: [State] = [],
        type: String = "io.kestra.plugin.core.trigger.Schedule", zone: Zone = .utc
    ) throws {
        var flow = Flow(id: "flow", namespace: "company.team", source: "")
        flow.labels = [Label(key: "a", value: "1")]
        var trigger = FlowTrigger(id: "schedule", type: type, mark: Mark(line: 1, column: 1))
        trigger.properties = properties
        trigger.conditions = conditions
        trigger.labels = labels
        trigger.stopAfter = stopAfter
        flow.triggers = [trigger]
        self.flow = flow
        scope = TriggerScope(trigger, of: flow, server: ServerVariables(), world: NoWorld())
        definition = try ScheduleDefinition(trigger, of: flow, scope: scope, serverZone: zone)
    }

    func firing(_ reference: String, now: String? = nil, backfill: Backfill? = nil) throws -> ScheduleFiring? {
        definition.evaluate(
            from: try moment(reference), now: try moment(now ?? reference), backfill: backfill, scope: scope)
    }
}

private func condition(_ name: String, _ properties: ValueMap, _ inner: [FlowCondition] = []) -> FlowCondition {
    FlowCondition(
        type: "io.kestra.plugin.core.condition.\(name)", mark: Mark(line: 1, column: 1), properties: properties,
        conditions: inner)
}

@Test func `a schedule tells its date, the next and the previous one`() throws {
    let monthly = try #require(try Fixture(["cron": "0 0 1 * *"]).firing("2024-03-01T00:00:00Z"))
    #expect(
        monthly.variables == [
            "date": "2024-03-01T00:00:00Z", "next": "2024-04-01T00:00:00Z", "previous": "2024-02-01T00:00:00Z",
        ])
    let york = try #require(
        try Fixture(["cron": "12 9 1 * *", "timezone": "America/New_York"]).firing("2024-03-01T14:12:00Z"))
    #expect(york.variables["date"] == "2024-03-01T09:12:00-05:00")
    #expect(york.variables["next"] == "2024-04-01T09:12:00-04:00")
    let seconds = try #require(
        try Fixture(["cron": "* * * * * *", "withSeconds": true]).firing("2024-03-01T00:00:10Z"))
    #expect(
        seconds.variables == [
            "date": "2024-03-01T00:00:10Z", "next": "2024-03-01T00:00:11Z", "previous": "2024-03-01T00:00:09Z",
        ])
    #expect(try Fixture(["cron": "1 1 1 1 1"]).firing("2024-03-01T00:00:00Z") == nil)
    #expect(
        try Fixture(["cron": "30 0 1 * *"]).firing("2024-03-01T00:00:00Z", now: "2024-03-01T00:30:00Z")?.date
            == moment("2024-03-01T00:30:00Z"))
}

@Test func `conditions decide about the next and the previous date`() throws {
    let cron: ValueMap = ["cron": "0 12 * * 1", "timezone": "Europe/Paris"]
    let first = condition("DayWeekInMonth", ["dayOfWeek": "MONDAY", "dayInMonth": "FIRST"])
    let firing = try #require(try Fixture(cron, conditions: [first]).firing("2021-08-02T10:00:00Z"))
    #expect(
        firing.variables == [
            "date": "2021-08-02T12:00:00+02:00", "next": "2021-09-06T12:00:00+02:00",
            "previous": "2021-07-05T12:00:00+02:00",
        ])
    #expect(try Fixture(cron, conditions: [first]).firing("2021-08-09T10:00:00Z") == nil)
    let before = condition("DateTimeBetween", ["before": "2021-08-03T12:00:00+02:00"])
    let last = try #require(try Fixture(cron, conditions: [before]).firing("2021-08-02T10:00:00Z"))
    #expect(last.variables == ["date": "2021-08-02T12:00:00+02:00", "previous": "2021-07-26T12:00:00+02:00"])
    let minutes = try Fixture(["cron": "* * * * *", "timezone": "Europe/Paris"], conditions: [first])
    let late = try #require(try minutes.firing("2021-08-02T21:59:00Z"))
    #expect(late.variables["next"] == "2021-09-06T00:00:00+02:00")
    #expect(late.variables["previous"] == "2021-08-02T23:58:00+02:00")
}

@Test func `what cannot be evaluated gives a failed execution`() throws {
    let broken = try Fixture(
        ["cron": "* * * * *"], conditions: [condition("Expression", ["expression": "{{ nothing.there }}"])])
    #expect(try broken.firing("2024-01-01T00:00:00Z")?.failure?.contains("Unable to find") == true)
    let inputs = try Fixture(["cron": "* * * * *", "inputs": ["a": "{{ nothing }}"]])
    #expect(try inputs.firing("2024-01-01T00:00:00Z")?.failure != nil)
}

@Test func `inputs and labels are rendered with the date`() throws {
    let fixture = try Fixture(
        [
            "cron": "0 0 * * *",
            "inputs": ["day": "{{ trigger.date }}", "n": "{{ 1 + 1 }}", "old": "{{ schedule.date }}"],
        ],
        labels: [
            Label(key: "for", value: "{{ flow.id }}"), Label(key: "bad", value: "{{ nope }}"),
            Label(key: "none", value: ""),
        ])
    let backfill = Backfill(
        start: try moment("2024-01-01T00:00:00Z"), end: try moment("2024-02-01T00:00:00Z"), inputs: ["n": 3],
        labels: [Label(key: "again", value: "yes")])
    let firing = try #require(try fixture.firing("2024-01-02T00:00:00Z", backfill: backfill))
    #expect(firing.inputs == ["day": "2024-01-02T00:00:00Z", "n": 3, "old": "2024-01-02T00:00:00Z"])
    #expect(
        firing.labels == [
            Label(key: "for", value: "flow"), Label(key: "none", value: ""), Label(key: "again", value: "yes"),
        ])
    #expect(firing.warnings.count == 1)
}

@Test func `a row goes from date to date, one execution at a time`() throws {
    let fixture = try Fixture(["cron": "0 * * * *"], stopAfter: [.failed])
    let start = try moment("2024-01-01T00:10:00Z")
    var row = fixture.definition.firstRow(now: start)
    #expect(row.nextExecutionDate?.iso == "2024-01-01T01:00:00.000Z")
    #expect(fixture.definition.decide(row, now: start, scope: fixture.scope).firing == nil)
    let later = try moment("2024-01-01T03:10:00Z")
    var dates: [String] = []
    for id in 1...3 {
        let decision = fixture.definition.decide(row, now: later, scope: fixture.scope)
        dates.append(decision.firing?.date.iso ?? "none")
        row = decision.row
        row.executionID = ExecutionID(high: UInt64(id), low: 0)
        #expect(fixture.definition.decide(row, now: later, scope: fixture.scope).firing == nil)
        row = row.released(by: .success, now: later)
    }
    #expect(dates == ["2024-01-01T01:00:00.000Z", "2024-01-01T02:00:00.000Z", "2024-01-01T03:00:00.000Z"])
    #expect(row.nextExecutionDate?.iso == "2024-01-01T04:00:00.000Z")
    #expect(fixture.definition.decide(row, now: later, scope: fixture.scope).firing == nil)
    let stopped = row.released(by: .failed, now: later)
    #expect(stopped.disabled && stopped.nextExecutionDate == nil)
    let enabled = fixture.definition.enabled(stopped, now: later)
    #expect(enabled.nextExecutionDate?.iso == "2024-01-01T04:00:00.000Z" && !enabled.disabled)
}

@Test(arguments: [
    ("ALL", "2024-01-01T08:00:00.000Z", "2024-01-01T09:00:00.000Z"),
    ("LAST", "2024-01-01T10:00:00.000Z", "2024-01-01T11:00:00.000Z"),
    ("NONE", "none", "2024-01-01T11:00:00.000Z"),
]) func `missed dates are recovered as the trigger says`(recovery: String, first: String, next: String) throws {
    let fixture = try Fixture(["cron": "0 * * * *", "recoverMissedSchedules": .string(recovery)])
    let now = try moment("2024-01-01T10:20:00Z")
    var row = fixture.definition.firstRow(now: try moment("2024-01-01T06:30:00Z"))
    row.date = try moment("2024-01-01T07:00:00Z")
    row.nextExecutionDate = try moment("2024-01-01T08:00:00Z")
    let decision = fixture.definition.decide(
        fixture.definition.recovered(row, now: now), now: now, scope: fixture.scope)
    #expect(decision.firing?.date.iso ?? "none" == first)
    #expect(decision.row.nextExecutionDate?.iso == next)
}

@Test func `late dates are left out where a delay is given`() throws {
    let fixture = try Fixture(["cron": "* * * * *", "lateMaximumDelay": "PT5M"])
    var row = fixture.definition.firstRow(now: try moment("2024-01-01T00:00:00Z"))
    row.date = try moment("2024-01-01T11:45:00Z")
    let now = try moment("2024-01-01T12:00:30Z")
    #expect(try fixture.definition.nextDate(of: row, now: now, scope: fixture.scope)?.iso == "2024-01-01T11:56:00.000Z")
    row.nextExecutionDate = try moment("2024-01-01T11:46:00Z")
    let decision = fixture.definition.decide(row, now: now, scope: fixture.scope)
    #expect(decision.firing == nil)
    #expect(decision.row.nextExecutionDate?.iso == "2024-01-01T11:56:00.000Z")
}

@Test func `a backfill runs its dates and gives the schedule back`() throws {
    let fixture = try Fixture(["cron": "0 8 * * *"])
    let now = try moment("2024-01-10T12:00:00Z")
    let early = Backfill(start: try moment("2024-01-02T00:00:00Z"), end: now)
    #expect(try fixture.firing("2024-01-02T00:00:00Z", now: "2024-01-10T12:00:00Z", backfill: early) == nil)
    #expect(try fixture.firing("2024-01-02T08:00:00Z", now: "2024-01-10T12:00:00Z", backfill: early) != nil)
    var row = fixture.definition.firstRow(now: now)
    let backfill = Backfill(start: try moment("2024-01-02T00:00:00Z"), end: try moment("2024-01-04T08:00:00Z"))
    row = fixture.definition.begun(backfill, in: row, now: now)
    #expect(row.nextExecutionDate?.iso == "2024-01-02T08:00:00.000Z")
    var paused = row
    paused.backfill?.paused = true
    #expect(fixture.definition.decide(paused, now: now, scope: fixture.scope).firing == nil)
    var dates: [String] = []
    for _ in 1...4 {
        let decision = fixture.definition.decide(row, now: now, scope: fixture.scope)
        if let firing = decision.firing { dates.append(firing.date.iso) }
        row = decision.row
    }
    #expect(dates == ["2024-01-02T08:00:00.000Z", "2024-01-03T08:00:00.000Z", "2024-01-04T08:00:00.000Z"])
    #expect(row.backfill == nil)
    #expect(row.nextExecutionDate?.iso == "2024-01-11T08:00:00.000Z")
}

@Test func `a list of dates is run date by date`() throws {
    let fixture = try Fixture(
        ["dates": ["2024-01-02T00:00:00Z", "2024-01-03T10:00:00", "2024-01-01"], "timezone": "Europe/Paris"],
        type: "io.kestra.plugin.core.trigger.ScheduleOnDates")
    var row = fixture.definition.firstRow(now: try moment("2023-12-31T00:00:00Z"))
    let now = try moment("2024-01-04T00:00:00Z")
    var dates: [String] = []
    for _ in 1...4 {
        let decision = fixture.definition.decide(row, now: now, scope: fixture.scope)
        if let firing = decision.firing {
            dates.append(firing.scheduleDate?.iso ?? "")
            #expect(firing.variables.isEmpty)
        }
        row = decision.row
    }
    #expect(dates == ["2023-12-31T23:00:00.000Z", "2024-01-02T00:00:00.000Z", "2024-01-03T09:00:00.000Z"])
    #expect(row.nextExecutionDate?.iso == "2025-01-03T00:00:00.000Z")
}

@Test func `a changed definition keeps a date that it still has`() throws {
    let hourly = try Fixture(["cron": "0 * * * *"])
    var row = hourly.definition.firstRow(now: try moment("2024-01-01T00:10:00Z"))
    let now = try moment("2024-01-01T05:10:00Z")
    #expect(hourly.definition.redefined(row, now: now).nextExecutionDate?.iso == "2024-01-01T01:00:00.000Z")
    row = try Fixture(["cron": "30 * * * *"]).definition.redefined(row, now: now)
    #expect(row.nextExecutionDate?.iso == "2024-01-01T05:30:00.000Z")
}
