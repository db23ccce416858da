import Expressions
import FlowModel
import OrderedCollections
import TaskKit
import Testing

@testable import EngineCore

private func condition(_ name: String, _ properties: ValueMap = [:], _ inner: [FlowCondition] = []) -> FlowCondition {
    FlowCondition(
        type: "io.kestra.plugin.core.condition.\(name)", mark: Mark(line: 1, column: 1), properties: properties,
        conditions: inner)
}

private func yes() -> FlowCondition { condition("Expression", ["expression": "{{ true }}"]) }
private func no() -> FlowCondition { condition("Expression", ["expression": "{{ false }}"]) }

private func context() throws -> ConditionContext {
    let start = try Timestamp(iso: "2024-01-01T00:00:00Z")
    var execution = Execution(
        id: ExecutionID(high: 1, low: 2), namespace: "company.team", flowID: "load", flowRevision: 1, createdAt: start)
    execution.state.set(.success, at: start)
    execution.labels = [Label(key: "a", value: "1"), Label(key: "b", value: "2")]
    execution.outputs = ["count": 3]
    var run = TaskRun(number: 0, taskID: "t", state: StateHistory(.success, at: start))
    run.attempts = [
        Attempt(state: StateHistory(.failed, at: start)), Attempt(state: StateHistory(.success, at: start)),
    ]
    return ConditionContext(
        scope: Scope(variables: ["trigger": ["id": "t"]] as ValueMap),
        date: try ZonedDateTime(iso: "2021-04-26T16:19:11+02:00"), namespace: "company.team", flowID: "load",
        execution: execution, taskRuns: [run])
}

@Test(arguments: [
    (condition("DateTimeBetween", ["after": "2021-04-26T14:19:10Z", "before": "2021-04-26T14:19:12Z"]), true),
    (condition("DateTimeBetween", ["after": "2021-04-26T14:19:11Z"]), false),
    (condition("DateTimeBetween", ["date": "2021-04-05", "before": "2021-04-06T00:00:00Z"]), true),
    (condition("TimeBetween", ["after": "16:19:10+02:00", "before": "16:19:12+02:00"]), true),
    (condition("TimeBetween", ["after": "16:19:11+02:00"]), false),
    (condition("TimeBetween", ["before": "14:19:12Z"]), true),
    (condition("DayWeek", ["dayOfWeek": "MONDAY"]), true), (condition("DayWeek", ["dayOfWeek": "TUESDAY"]), false),
    (condition("DayWeekInMonth", ["dayOfWeek": "MONDAY", "dayInMonth": "LAST"]), true),
    (condition("DayWeekInMonth", ["dayOfWeek": "MONDAY", "dayInMonth": "FOURTH"]), true),
    (condition("DayWeekInMonth", ["dayOfWeek": "MONDAY", "dayInMonth": "FIRST"]), false),
    (condition("Weekend"), false), (condition("Weekend", ["date": "2021-04-25"]), true),
    (condition("Not", [:], [no(), no()]), true), (condition("Not", [:], [yes(), no()]), false),
    (condition("Or", [:], [yes(), no()]), true), (condition("Or", [:], [no(), no()]), false),
    (condition("ExecutionFlow", ["namespace": "company.team", "flowId": "load"]), true),
    (condition("ExecutionFlow", ["namespace": "company.team", "flowId": "other"]), false),
    (condition("ExecutionNamespace", ["namespace": "company"]), false),
    (condition("ExecutionNamespace", ["namespace": "company", "prefix": true]), true),
    (condition("ExecutionNamespace", ["namespace": "team", "comparison": "SUFFIX", "prefix": true]), true),
    (condition("ExecutionStatus", ["in": ["SUCCESS"], "notIn": ["FAILED"]]), true),
    (condition("ExecutionStatus", ["in": ["SUCCESS"], "notIn": ["SUCCESS"]]), false),
    (condition("ExecutionLabels", ["labels": ["a": 1, "b": "2"]]), true),
    (condition("ExecutionLabels", ["labels": [["key": "a", "value": "x"]]]), false),
    (condition("ExecutionOutputs", ["expression": "{{ trigger.outputs.count == 3 }}"]), true),
    (condition("ExecutionOutputs", ["expression": "{{ trigger.outputs.count == 4 }}"]), false),
    (condition("HasRetryAttempt", ["in": ["FAILED"]]), true),
    (condition("HasRetryAttempt", ["in": ["SUCCESS"]]), false),
    (condition("FlowCondition", ["namespace": "company.team", "flowId": "load"]), true),
    (condition("FlowNamespaceCondition", ["namespace": "company", "prefix": true]), true),
    (condition("Expression", ["expression": " "]), false),
    (condition("Expression", ["expression": "{{ trigger.id }}"]), true),
]) func `a condition holds or not`(condition: FlowCondition, holds: Bool) throws {
    #expect(try Conditions([condition]).hold(in: context()) == holds, "\(condition)")
}

@Test func `outputs conditions do not hold without outputs`() throws {
    var context = try context()
    context.execution?.outputs = nil
    #expect(try !Conditions([condition("ExecutionOutputs", ["expression": "true"])]).hold(in: context))
}

@Test func `all types of the engine document themselves`() {
    let catalogue = Catalogue(tasks: [], triggers: EngineTriggers.all, conditions: EngineConditions.all)
    #expect(
        catalogue.condition("io.kestra.core.models.conditions.types.VariableCondition")?.about.type
            == "io.kestra.plugin.core.condition.Expression")
    #expect(catalogue.condition("io.kestra.plugin.core.condition.DayWeekCondition") != nil)
    #expect(
        catalogue.trigger("io.kestra.core.models.triggers.types.Webhook")?.propertyNames.contains("responseCode")
            == true)
    #expect(catalogue.condition("io.kestra.plugin.core.condition.ExecutionStatus")?.propertyNames == ["in", "notIn"])
    for kind in catalogue.conditions.values { #expect(!kind.about.example.isEmpty) }
}
