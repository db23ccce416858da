import Expressions
import FlowModel
import TaskKit

/// A Flow trigger made ready to be asked about executions of other flows. Pure: what it has collected so far comes in, what
/// it has collected then goes out. Source: engine spec §7.4, §7.6; since-0.20 §6.3.
public struct FlowEndDefinition: Sendable {
    public let namespace: String
    public let flowID: String
    public let trigger: FlowTrigger
    private let states: [State]
    private let conditions: Conditions
    private let gate: TriggerGate
    private let collectors: [UpstreamCollector]

    public static func handles(_ trigger: FlowTrigger) -> Bool { trigger.type == FlowEnd.about.type }

    /// - Throws: conditions or time windows that cannot be read.
    public init(_ trigger: FlowTrigger, of flow: Flow) throws(TaskFailure) {
        self.trigger = trigger
        namespace = flow.namespace
        flowID = flow.id
        let named = trigger.properties["states"]?.list?.compactMap { $0.string.flatMap(State.init(rawValue:)) }
        states = named ?? FlowEnd.defaultStates
        conditions = try Conditions(trigger.conditions)
        gate = try TriggerGate(trigger)
        var collectors: [UpstreamCollector] = []
        for condition in trigger.conditions where condition.type == MultipleCondition.about.type {
            collectors.append(try UpstreamCollector(multiple: condition, number: collectors.count + 1))
        }
        if let value = trigger.properties["preconditions"], !value.isNull {
            collectors.append(try UpstreamCollector(preconditions: value))
        }
        if let value = trigger.properties["dependsOn"], !value.isNull {
            collectors.append(try UpstreamCollector(dependsOn: value, of: trigger))
        }
        self.collectors = collectors.filter { !$0.parts.isEmpty }
    }

    /// Whether it collects results, so that its stored windows are needed.
    public var collects: Bool { !collectors.isEmpty }

    /// What follows from an execution's new state.
    /// - Parameters:
    ///   - upstream: the execution, its flow and its variables.
    ///   - windows: the trigger's stored windows.
    ///   - zone: the server's own.
    ///   - flow: the flow that has the trigger, so that what goes wrong is told with its place.
    public func decide(
        _ upstream: ConditionContext, windows: [TriggerWindow], now: Timestamp, zone: Zone, in flow: Flow? = nil
    ) -> FlowEndDecision {
        var decision = FlowEndDecision()
        guard let execution = upstream.execution, states.contains(execution.state.current),
            execution.namespace != namespace || execution.flowID != flowID
        else { return decision }
        var context = upstream
        let variables = Self.variables(of: execution)
        context.scope.variables = LayeredVariables(
            ["trigger": .map(variables)] as ValueMap, over: upstream.scope.variables)
        do throws(TaskFailure) {
            guard try conditions.hold(in: context), try gate.isOpen(in: context.scope) else { return decision }
            var isComplete = true
            for collector in collectors {
                let stored = windows.first { $0.conditionID == collector.id }
                let step = try collector.take(
                    context, key: (namespace, flowID, trigger.id), stored: stored, now: now, zone: zone)
                if let window = step.window, window != stored { decision.windows.append(window) }
                isComplete = isComplete && step.isComplete
            }
            if isComplete { decision.start = start(execution, variables, context.scope, flow) }
        } catch {
            decision.warnings.append(
                "The conditions of the trigger '\(trigger.id)' cannot be evaluated: \(told(error, in: flow))")
        }
        return decision
    }

    private func start(_ execution: Execution, _ variables: ValueMap, _ scope: Scope, _ flow: Flow?) -> FlowEndStart {
        var start = FlowEndStart(trigger: trigger, variables: variables, inputs: [:], labels: [])
        if let correlation = execution.labels.first(where: { $0.key == LabelRules.correlationID }) {
            start.labels.append(correlation)
        }
        let (labels, _) = LabelRules.rendered(trigger.labels, in: scope)
        start.labels += labels
        do throws(TaskFailure) {
            start.inputs = try TriggerInputs.rendered(trigger.properties["inputs"], in: scope)
        } catch {
            start.failure =
                "Failed to trigger flow \(namespace).\(flowID) for trigger \(trigger.id), invalid inputs: \(told(error, in: flow))"
        }
        return start
    }

    private func told(_ failure: TaskFailure, in flow: Flow?) -> String {
        flow?.told(failure, in: .trigger(trigger)) ?? failure.message
    }

    private static func variables(of execution: Execution) -> ValueMap {
        var variables: ValueMap = [
            "executionId": .string(execution.id.description), "namespace": .string(execution.namespace),
            "flowId": .string(execution.flowID), "flowRevision": .int(Int64(execution.flowRevision)),
            "state": .string(execution.state.current.rawValue),
        ]
        if let outputs = execution.outputs, !outputs.isEmpty { variables["outputs"] = .map(outputs) }
        return variables
    }
}

/// What follows for a Flow trigger from one execution.
public struct FlowEndDecision: Sendable {
    /// Nil when nothing is to be started.
    public var start: FlowEndStart?
    /// Windows to be stored, within the same transaction.
    public var windows: [TriggerWindow] = []
    public var warnings: [String] = []
}

/// An execution that a Flow trigger wants to have started.
public struct FlowEndStart: Sendable {
    public var trigger: FlowTrigger
    /// `trigger.…`
    public var variables: ValueMap
    /// Rendered values for the inputs; what is missing is not required.
    public var inputs: ValueMap
    /// The upstream's correlation id, and the trigger's own labels, rendered; the flow's own are not among them.
    public var labels: [Label]
    /// Set when the inputs cannot be rendered: nothing runs, and the reason must be told.
    public var failure: String?
}
