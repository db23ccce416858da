import Expressions
import FlowModel
import OrderedCollections
import TaskKit
import Testing

@testable import EngineCore

private let noon = Timestamp(milliseconds: 1_704_110_400_000)  // 2024-01-01T12:00:00Z

private func upstream(_ id: String, _ state: State = .success) -> ConditionContext {
    var execution = Execution(
        id: ExecutionID(high: 1, low: 2), namespace: "company.team", flowID: id, flowRevision: 3, createdAt: noon)
    execution.state.set(state, at: noon)
    execution.outputs = ["made": .string(id)]
    execution.labels = [Label(key: "system.correlationId", value: "first")]
    return ConditionContext(
        scope: Scope(variables: ["flow": ["id": .string(id)]] as ValueMap), namespace: "company.team", flowID: id,
        execution: execution)
}

/// A Flow trigger with the windows that it has stored.
private final class Listener {
    var definition: FlowEndDefinition
    var windows: [TriggerWindow] = []
    var warnings: [String] = []

    init(_ properties: ValueMap, conditions: [FlowCondition] = []) throws {
        var trigger = FlowTrigger(
            id: "listen", type: "io.kestra.plugin.core.trigger.Flow", mark: Mark(line: 1, column: 1))
        trigger.properties = properties
        trigger.conditions = conditions
        definition = try FlowEndDefinition(trigger, of: Flow(id: "listener", namespace: "company.team", source: ""))
    }

    func hear(_ context: ConditionContext, after seconds: Int64 = 0) -> FlowEndStart? {
        let now = Timestamp(milliseconds: noon.milliseconds + seconds * 1000)
        let decision = definition.decide(context, windows: windows, now: now, zone: .utc)
        for window in decision.windows {
            windows.removeAll { $0.conditionID == window.conditionID }
            windows.append(window)
        }
        warnings += decision.warnings
        return decision.start
    }
}

@Test func `a Flow trigger hears of final and paused states, never of its own flow`() throws {
    let listener = try Listener(["inputs": ["from": "{{ trigger.outputs.made }} of {{ flow.id }}"]])
    #expect(listener.hear(upstream("listener")) == nil)
    #expect(listener.hear(upstream("a", .running)) == nil)
    #expect(listener.hear(upstream("a", .paused)) != nil)
    let start = try #require(listener.hear(upstream("a")))
    #expect(start.inputs == ["from": "a of a"])
    #expect(start.labels == [Label(key: "system.correlationId", value: "first")])
    #expect(start.variables["state"] == "SUCCESS" && start.variables["flowRevision"] == 3)
    let broken = try Listener(["inputs": ["from": "{{ nope }}"]])
    #expect(broken.hear(upstream("a"))?.failure?.contains("invalid inputs") == true)
}

@Test func `preconditions are fulfilled by several executions together`() throws {
    let both: Value = [
        "id": "both", "flows": [["namespace": "company.team", "flowId": "a", "states": ["SUCCESS"]]],
        "where": [["id": "b", "filters": [["field": "FLOW_ID", "type": "EQUAL_TO", "value": "b"]]]],
    ]
    let listener = try Listener(["preconditions": both])
    #expect(listener.hear(upstream("a", .failed)) == nil)
    #expect(listener.hear(upstream("a")) == nil)
    #expect(listener.hear(upstream("a")) == nil)
    #expect(listener.hear(upstream("c")) == nil)
    #expect(listener.hear(upstream("b"))?.variables["flowId"] == "b")
    #expect(listener.hear(upstream("b")) == nil)
    #expect(listener.windows.map(\.end) == [try Timestamp(iso: "2024-01-01T23:59:59.999Z")])
    #expect(listener.hear(upstream("a"), after: 86_400) == nil)
    guard case .map(var kept) = both else { return }
    kept["resetOnSuccess"] = false
    let keeper = try Listener(["preconditions": .map(kept)])
    #expect(keeper.hear(upstream("a")) == nil)
    #expect(keeper.hear(upstream("b")) != nil)
    #expect(keeper.hear(upstream("b")) != nil)
}

@Test func `a multiple condition collects by the names of its conditions`() throws {
    let condition = FlowCondition(
        type: "io.kestra.plugin.core.condition.MultipleCondition", mark: Mark(line: 1, column: 1),
        properties: [
            "window": "P1D", "windowAdvance": "P0D",
            "conditions": [
                "ok": ["type": "io.kestra.plugin.core.condition.ExecutionStatus", "in": ["SUCCESS"]],
                "a": [
                    "type": "io.kestra.core.models.conditions.types.ExecutionFlowCondition",
                    "namespace": "company.team", "flowId": "a",
                ],
                "b": [
                    "type": "io.kestra.plugin.core.condition.ExecutionFlow", "namespace": "company.team", "flowId": "b",
                ],
            ],
        ])
    let listener = try Listener([:], conditions: [condition])
    #expect(listener.hear(upstream("a")) == nil)
    #expect(listener.hear(upstream("b")) != nil)
    #expect(listener.hear(upstream("b")) == nil)
}

@Test func `flows to depend on are all needed, or some`() throws {
    let flows: Value = [
        ["flowId": "a"], ["flowId": "b"], ["flowId": "c", "when": "{{ trigger.outputs.made == 'c' }}"],
    ]
    let all = try Listener(["dependsOn": flows])
    #expect(["a", "b", "c", "c"].map { all.hear(upstream($0)) != nil } == [false, false, true, false])
    let any = try Listener(["dependsOn": flows, "mode": "ANY"])
    #expect(["x", "c"].map { any.hear(upstream($0)) != nil } == [false, true])
    let two = try Listener(["dependsOn": flows, "mode": "AT_LEAST", "minSatisfied": 2, "window": ["lookback": "PT1H"]])
    #expect(two.hear(upstream("a")) == nil)
    #expect(two.hear(upstream("b"), after: 4000) == nil)
    #expect(two.hear(upstream("c"), after: 4100) != nil)
}

@Test(
    arguments: [
        (["type": "DURATION_WINDOW"], "2024-01-01T00:00:00.000Z", "2024-01-01T23:59:59.999Z"),
        (["windowAdvance": "-PT4H"], "2023-12-31T20:00:00.000Z", "2024-01-01T19:59:59.999Z"),
        (["window": "PT1H"], "2024-01-01T12:00:00.000Z", "2024-01-01T12:59:59.999Z"),
        (["window": "PT15M", "windowAdvance": "-PT5M"], "2024-01-01T12:10:00.000Z", "2024-01-01T12:24:59.999Z"),
        (["type": "SLIDING_WINDOW", "window": "PT1H"], "2024-01-01T12:20:30.000Z", "2024-01-01T13:20:30.000Z"),
        (
            ["type": "DAILY_TIME_DEADLINE", "deadline": "14:00:00"], "2024-01-01T00:00:00.000Z",
            "2024-01-01T14:00:00.000Z"
        ),
        (
            ["type": "DAILY_TIME_WINDOW", "startTime": "11:00", "endTime": "13:00"], "2024-01-01T11:00:00.000Z",
            "2024-01-01T13:00:00.000Z"
        ),
    ] as [(ValueMap, String, String)]) func `a time window lies where it should`(
        window: ValueMap, start: String, end: String
    ) throws
{
    let range = try TimeWindow(.map(window)).range(at: Timestamp(iso: "2024-01-01T12:20:30Z"), in: .utc)
    #expect([range.start.iso, range.end.iso] == [start, end])
}

@Test(
    arguments: [
        (["type": "DAILY_TIME_DEADLINE"], ["Time window of type `DAILY_TIME_DEADLINE` must have a deadline."]),
        (
            ["type": "DAILY_TIME_DEADLINE", "deadline": "10:00", "window": "P1D"],
            ["Time window of type `DAILY_TIME_DEADLINE` cannot have a window."]
        ),
        (
            ["type": "DAILY_TIME_WINDOW"],
            [
                "Time window of type `DAILY_TIME_WINDOW` must have an end time.",
                "Time window of type `DAILY_TIME_WINDOW` must have a start time.",
            ]
        ),
        (
            ["type": "SLIDING_WINDOW", "deadline": "10:00"],
            ["Time window of type `SLIDING_WINDOW` cannot have a deadline."]
        ),
        (["window": "P1D"], []),
    ] as [(ValueMap, [String])]) func `members that do not belong to a time window are told`(
        window: ValueMap, faults: [String]
    )
{
    #expect(TimeWindow.faults(in: window) == faults)
}

@Test(
    arguments: [
        (["type": "IN", "value": "x", "values": ["x"]], ["`value` must be null for type IN"]),
        (
            ["type": "EQUAL_TO", "values": ["x"]],
            ["`value` cannot be null for type EQUAL_TO", "`values` must be null for type EQUAL_TO"]
        ),
        (["type": "EQUAL_TO", "value": "x"], []),
    ] as [(Value, [String])]) func `filters take a value or values`(filter: Value, faults: [String])
{
    #expect(UpstreamFilter.faults(in: filter) == faults)
}
