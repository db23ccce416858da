import Expressions
import FlowModel
import OrderedCollections
import TaskKit

/// What a trigger's own expressions see: `flow`, `trigger`, `vars`, `inputs` (the defaults), `labels`, `envs`, `globals`.
/// Source: engine spec §7.1, §10.
public struct TriggerScope: Sendable {
    private let scope: Scope
    private let trigger: ValueMap
    private let flow: Flow
    private let element: FlowElement

    public init(
        _ trigger: FlowTrigger, of flow: Flow, server: ServerVariables, world: any World, limits: Limits = .standard
    ) {
        self.trigger = ["id": .string(trigger.id), "type": .string(trigger.type)]
        self.flow = flow
        element = .trigger(trigger)
        var variables: ValueMap = [
            "envs": .map(server.envs), "globals": .map(server.globals), "kestra": .map(server.kestra),
            "flow": [
                "id": .string(flow.id), "namespace": .string(flow.namespace), "revision": .int(Int64(flow.revision)),
            ],
            "vars": .map(flow.variables),
        ]
        let inputs = InputDefaults.asWritten(flow.inputs)
        if !inputs.isEmpty { variables["inputs"] = .map(inputs) }
        var labels: ValueMap = [:]
        for label in flow.labels where labels[label.key] == nil { labels[label.key] = .string(label.value) }
        variables["labels"] = .map(labels)
        scope = Scope(variables: variables, world: world, limits: limits)
    }

    /// What is said of a failure of the trigger: with its place in the flow, where a template or a property caused it.
    public func told(_ failure: TaskFailure) -> String { flow.told(failure, in: element) }

    /// With these members of `trigger` besides id and type.
    public func with(_ members: ValueMap = [:], schedule: Bool = false) -> Scope {
        var all = trigger
        for (key, value) in members { all[key] = value }
        var above: ValueMap = ["trigger": .map(all)]
        if schedule { above["schedule"] = .map(members) }
        var scope = scope
        scope.variables = LayeredVariables(above, over: scope.variables)
        return scope
    }
}

/// A trigger's `when`: true for anything but the empty text, `false` and `0`.
struct TriggerGate: Sendable {
    private let template: Template?

    init(_ trigger: FlowTrigger) throws(TaskFailure) {
        guard let written = trigger.properties["when"], !written.isNull else {
            template = nil
            return
        }
        do throws(ExpressionError) {
            template = try Template.cached(written.plain())
        } catch {
            throw TaskFailure(error)
        }
    }

    var isSet: Bool { template != nil }

    func isOpen(in scope: Scope) throws(TaskFailure) -> Bool {
        guard let template else { return true }
        do throws(ExpressionError) {
            return Truth.isTruthyText(String(try template.text(in: scope).trimmedSpace))
        } catch {
            throw TaskFailure(error, property: "when")
        }
    }
}
