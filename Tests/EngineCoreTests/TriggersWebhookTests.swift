import Expressions
import FlowModel
import OrderedCollections
import TaskKit
import Testing

@testable import EngineCore

private func flow(_ properties: ValueMap, disabled: Bool = false, conditions: [FlowCondition] = []) -> Flow {
    var flow = Flow(id: "hooked", namespace: "company.team", source: "")
    var trigger = FlowTrigger(id: "hook", type: "io.kestra.plugin.core.trigger.Webhook", mark: Mark(line: 1, column: 1))
    trigger.properties = properties
    trigger.disabled = disabled
    trigger.conditions = conditions
    flow.triggers = [trigger]
    return flow
}

private func answer(_ flow: Flow, _ request: WebhookRequest) -> WebhookDecision {
    WebhookDecision.answer(to: request, of: flow) {
        TriggerScope($0, of: flow, server: ServerVariables(), world: NoWorld())
    }
}

private func start(_ flow: Flow, _ request: WebhookRequest) -> WebhookStart? {
    if case .start(let start) = answer(flow, request) { start } else { nil }
}

@Test(
    arguments: [
        ("{\"a\": 1}", ["a": 1]), ("[1, 2]", [1, 2]), ("text", "text"), ("", nil), ("{bad", "{bad"),
        ("\"quoted\"", "\"quoted\""),
    ] as [(String, Value)]) func `a body is a map, a list or text`(body: String, value: Value)
{
    #expect(WebhookRequest(key: "k", body: Array(body.utf8)).variables["body"] == value)
}

@Test func `headers and parameters are lists by name`() {
    let request = WebhookRequest(
        key: "k", headers: [("X-A", "1"), ("x-b", "2")], parameters: [("name", "john"), ("age", "12"), ("age", "13")])
    #expect(request.variables["headers"] == ["X-A": ["1"], "x-b": ["2"]])
    #expect(request.variables["parameters"] == ["name": ["john"], "age": ["12", "13"]])
}

@Test func `the rendered key decides, and nothing else`() {
    #expect(start(flow(["key": "abc"]), WebhookRequest(key: "abc")) != nil)
    #expect(start(flow(["key": " {{ flow.id }} "]), WebhookRequest(key: "hooked")) != nil)
    for (properties, key) in [
        (["key": "abc"], "abd"), (["key": "abc"], "ab"), (["key": ""], ""), (["key": "{{ nope }}"], "x"),
    ] as [(ValueMap, String)] {
        guard case .notFound = answer(flow(properties), WebhookRequest(key: key)) else {
            Issue.record("\(properties) should not have \(key)")
            continue
        }
    }
    guard case .notFound = answer(flow(["key": "abc"], disabled: true), WebhookRequest(key: "abc")) else {
        Issue.record("a disabled trigger answers")
        return
    }
}

@Test func `conditions see the body`() throws {
    let condition = FlowCondition(
        type: "io.kestra.plugin.core.condition.Expression", mark: Mark(line: 1, column: 1),
        properties: ["expression": "{{ trigger.body.hello == 'world' }}"])
    let hook = flow(
        ["key": "k", "inputs": ["who": "{{ trigger.body.hello }}"], "wait": true, "responseCode": 201],
        conditions: [condition])
    let started = try #require(start(hook, WebhookRequest(key: "k", body: Array("{\"hello\":\"world\"}".utf8))))
    #expect(started.inputs == ["who": "world"])
    #expect(started.wait && started.responseCode == 201 && started.contentType == .json)
    guard case .declined = answer(hook, WebhookRequest(key: "k", body: Array("{\"hello\":\"you\"}".utf8))) else {
        Issue.record("the condition was not judged")
        return
    }
    guard case .failed = answer(hook, WebhookRequest(key: "k", body: Array("text".utf8))) else {
        Issue.record("a condition that cannot be judged should fail")
        return
    }
    guard
        case .declined = answer(
            flow(["key": "k", "when": "{{ trigger.body == 'go' }}"]), WebhookRequest(key: "k", body: Array("stop".utf8))
        )
    else {
        Issue.record("`when` was not judged")
        return
    }
}

@Test func `rules of triggers find what cannot work`() {
    var broken = flow(["key": .string(String(repeating: "k", count: 257))])
    broken.inputs = [FlowInput(id: "must", kind: .string, mark: Mark(line: 1, column: 1))]
    var schedule = FlowTrigger(id: "s", type: "io.kestra.plugin.core.trigger.Schedule", mark: Mark(line: 1, column: 1))
    schedule.properties = ["cron": "0 0 * * ?", "timezone": "Asia/Delhi"]
    schedule.labels = [Label(key: "system.x", value: "y")]
    var end = FlowTrigger(id: "e", type: "io.kestra.plugin.core.trigger.Flow", mark: Mark(line: 1, column: 1))
    end.properties = [:]
    broken.triggers += [schedule, end]
    #expect(
        TriggerRules.problems(in: broken).map { "\($0.severity) \($0.path ?? "") \($0.what)" } == [
            "error triggers[0].key size must be between 0 and 256",
            "error triggers[1].labels System labels can only be set by Kestra itself, offending label: system.x=y",
            "error triggers[1].cron invalid cron expression '0 0 * * ?': `?` is not accepted in the day of week field",
            "error triggers[1].timezone timezone 'Asia/Delhi' is not a valid time-zone ID",
            "warning triggers[1] Missing inputs for Schedule Trigger 's', missing inputs: 'must'",
            "warning triggers[2] this trigger will be triggered for EVERY execution of EVERY flow, as it has neither `conditions` nor `preconditions`",
        ])
}

@Test func `labels of a new execution come in order`() throws {
    let id = ExecutionID(high: 5, low: 6)
    let flow = [Label(key: "a", value: "1"), Label(key: "system.readOnly", value: "true")]
    let requested = [Label(key: "b", value: "2"), Label(key: "a", value: "3")]
    #expect(
        try LabelRules.creation(of: id, flow: flow, requested: requested) == [
            Label(key: "a", value: "1"), Label(key: "b", value: "2"), Label(key: "a", value: "3"),
            Label(key: "system.correlationId", value: "\(id)"),
        ])
    let given = [Label(key: "system.correlationId", value: "mine")]
    #expect(try LabelRules.creation(of: id, flow: [], requested: given) == given)
    let refusal = #expect(throws: Problem.self) {
        try LabelRules.creation(of: id, flow: [], requested: [Label(key: "system.x", value: "y")])
    }
    #expect(refusal?.what == "System labels can only be set by Kestra itself, offending label: system.x=y")
}
