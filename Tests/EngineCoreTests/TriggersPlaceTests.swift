import Expressions
import FlowModel
import TaskKit
import Testing

@testable import EngineCore

/// What a trigger cannot evaluate is told with its place in the flow.
@Suite struct TriggersPlaceTests {
    private func flow(_ trigger: String) throws -> Flow {
        let source =
            "id: f\nnamespace: a.b\ntasks: [{ id: t, type: io.kestra.plugin.core.flow.Sequential, tasks: ["
            + "{ id: l, type: io.kestra.plugin.core.execution.Labels, labels: { a: b } }] }]\ntriggers:\n" + trigger
        let catalogue = TaskKit.Catalogue(
            tasks: EngineTasks.all, triggers: EngineTriggers.all, conditions: EngineConditions.all)
        return try FlowReader(catalogue: catalogue).read(source, file: "f.yaml").flow
    }

    private func schedule(_ more: String) throws -> (definition: ScheduleDefinition, scope: TriggerScope) {
        let flow = try flow(
            "  - id: s\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: '* * * * *'\n" + more)
        let trigger = try #require(flow.triggers.first)
        let scope = TriggerScope(trigger, of: flow, server: ServerVariables(), world: NoWorld())
        return (try ScheduleDefinition(trigger, of: flow, scope: scope, serverZone: .utc), scope)
    }

    @Test(arguments: [
        ("    inputs: { day: \"{{ trigger.dat }}\" }\n", "f.yaml:8:24"),
        ("    when: '{{ gone }}'\n", "f.yaml:8:15"),
        (
            "    conditions:\n      - type: io.kestra.plugin.core.condition.Expression\n        expression: |\n"
                + "          {{ gone }}\n", "f.yaml:11:14"
        ),
    ])
    func `a schedule's inputs, gate and conditions`(properties: String, place: String) throws {
        let (definition, scope) = try schedule(properties)
        let noon = try Timestamp(iso: "2024-03-01T12:00:00Z")
        let firing = try #require(definition.evaluate(from: noon, now: noon, scope: scope))
        #expect(firing.failure?.contains("at \(place)\n") == true, "\(firing.failure ?? "no failure")")
    }

    @Test func `a schedule's label`() throws {
        let (definition, scope) = try schedule("    labels: { day: '{{ gone }}' }\n")
        let noon = try Timestamp(iso: "2024-03-01T12:00:00Z")
        let firing = try #require(definition.evaluate(from: noon, now: noon, scope: scope))
        #expect(firing.warnings.contains { $0.contains("at f.yaml:8:24\n") }, "\(firing.warnings)")
    }

    @Test func `a webhook's inputs`() throws {
        let flow = try flow(
            "  - id: w\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: abc\n"
                + "    inputs: { who: '{{ trigger.body.nmae }}' }\n")
        let decision = WebhookDecision.answer(
            to: WebhookRequest(key: "abc", body: Array("{\"name\": \"x\"}".utf8)), of: flow
        ) { TriggerScope($0, of: flow, server: ServerVariables(), world: NoWorld()) }
        guard case .failed(_, let message) = decision else { return #expect(Bool(false), "\(decision)") }
        #expect(message.contains("at f.yaml:8:24\n") && message.contains("fix: did you mean `name`?"), "\(message)")
    }

    @Test func `a flow trigger's condition`() throws {
        let flow = try flow(
            "  - id: l\n    type: io.kestra.plugin.core.trigger.Flow\n    when: '{{ gone }}'\n")
        let trigger = try #require(flow.triggers.first)
        var execution = Execution(
            id: ExecutionID(high: 1, low: 2), namespace: "a.b", flowID: "up", flowRevision: 1,
            createdAt: Timestamp(milliseconds: 0))
        execution.state.set(.success, at: Timestamp(milliseconds: 1))
        let context = ConditionContext(
            scope: Scope(variables: ValueMap()), namespace: "a.b", flowID: "up", execution: execution)
        let decision = try FlowEndDefinition(trigger, of: flow).decide(
            context, windows: [], now: Timestamp(milliseconds: 2), zone: .utc, in: flow)
        #expect(decision.warnings.contains { $0.contains("at f.yaml:7:15\n") }, "\(decision.warnings)")
    }
}
