import Expressions
import FlowModel
import TaskKit

/// A request to a webhook, as it came in.
public struct WebhookRequest: Sendable {
    /// The last part of the address, decoded.
    public var key: String
    /// Names with their values in the order of the request; one name may come more than once.
    public var headers: [(name: String, value: String)]
    public var parameters: [(name: String, value: String)]
    public var body: [UInt8]

    public init(
        key: String, headers: [(name: String, value: String)] = [], parameters: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.key = key
        self.headers = headers
        self.parameters = parameters
        self.body = body
    }

    /// `trigger.…` of its execution: `body`, `headers`, `parameters`.
    public var variables: ValueMap {
        ["body": bodyValue, "headers": .map(Self.grouped(headers)), "parameters": .map(Self.grouped(parameters))]
    }

    /// A JSON object or array as a map or a list, else the text; null for none.
    private var bodyValue: Value {
        if body.isEmpty { return .null }
        let start = body.first { ![9, 10, 13, 32].contains($0) }
        if start == UInt8(ascii: "{") || start == UInt8(ascii: "["), let value = try? JSON.parse(body) { return value }
        return .string(String(decoding: body, as: UTF8.self))
    }

    /// All values of each name, under its first spelling.
    private static func grouped(_ pairs: [(name: String, value: String)]) -> ValueMap {
        var groups: ValueMap = [:]
        var spellings: [String: String] = [:]
        for (name, value) in pairs {
            let spelling = spellings[name] ?? name
            spellings[name] = spelling
            groups[spelling] = .list((groups[spelling]?.list ?? []) + [.string(value)])
        }
        return groups
    }
}

/// How a flow answers a webhook's request. Source: engine spec §7.4, since-0.20 §6.1.
public enum WebhookDecision: Sendable {
    /// 404 "Webhook not found": no enabled Webhook trigger has this key.
    case notFound
    /// 204: its conditions do not hold.
    case declined
    /// 422: a condition or the inputs cannot be evaluated.
    case failed(trigger: String, message: String)
    case start(WebhookStart)

    /// Asks the flow's Webhook triggers. Which one has the key is found in a time that does not tell how much of a key was
    /// right; a key that cannot be rendered is nobody's.
    /// - Parameter scope: what a trigger's expressions see.
    public static func answer(
        to request: WebhookRequest, of flow: Flow, scope: (FlowTrigger) -> TriggerScope
    ) -> WebhookDecision {
        var found: (trigger: FlowTrigger, scope: TriggerScope)?
        for trigger in flow.triggers where trigger.type == Webhook.about.type && !trigger.disabled {
            let scope = scope(trigger)
            guard let key = try? Renderer.text(trigger.properties["key"]?.plain() ?? "", in: scope.with()) else {
                continue
            }
            let matches = key.trimmedSpace.isSame(as: request.key) && !request.key.isEmpty
            if matches, found == nil { found = (trigger, scope) }
        }
        guard let found else { return .notFound }
        return start(found.trigger, request, flow, found.scope)
    }

    private static func start(
        _ trigger: FlowTrigger, _ request: WebhookRequest, _ flow: Flow, _ scope: TriggerScope
    ) -> WebhookDecision {
        let variables = request.variables
        let inner = scope.with(variables)
        do throws(TaskFailure) {
            let context = ConditionContext(scope: inner, namespace: flow.namespace, flowID: flow.id)
            guard try Conditions(trigger.conditions).hold(in: context), try TriggerGate(trigger).isOpen(in: inner)
            else {
                return .declined
            }
            // The properties of the answer; the inputs stay as written.
            let names = PropertyNames.of(Webhook.self).map(\.name)
            var sources: [PropertySource] = []
            do throws(ExpressionError) {
                for name in names { sources.append(try PropertySource(trigger.properties[name])) }
            } catch {
                throw TaskFailure(error)
            }
            let webhook = try PropertyReader.make(Webhook.self, sources: sources, names: names, in: inner)
            let inputs = webhook.inputs.map(\.value)
            return .start(
                WebhookStart(
                    trigger: trigger, variables: variables,
                    inputs: inputs == nil ? nil : try TriggerInputs.rendered(inputs, in: inner), wait: webhook.wait,
                    returnOutputs: webhook.returnOutputs, contentType: webhook.responseContentType,
                    responseCode: webhook.responseCode))
        } catch {
            return .failed(trigger: trigger.id, message: scope.told(error))
        }
    }
}

/// An execution that a webhook wants to have started, and how to answer then.
public struct WebhookStart: Sendable {
    public var trigger: FlowTrigger
    public var variables: ValueMap
    /// Rendered values for inputs, to be resolved; nil when the trigger gives none: then nothing is resolved or required,
    /// and expressions see the defaults as written.
    public var inputs: ValueMap?
    public var wait: Bool
    public var returnOutputs: Bool
    public var contentType: Webhook.ContentType
    /// Nil for 200, or 500 when the execution failed.
    public var responseCode: Int?
}

extension StringProtocol {
    /// Equality in a time that depends on the lengths alone.
    func isSame(as other: some StringProtocol) -> Bool {
        let (one, other) = (Array(utf8), Array(other.utf8))
        var difference = one.count ^ other.count
        for (index, byte) in one.enumerated() {
            difference |= Int(byte ^ (index < other.count ? other[index] : ~byte))
        }
        return difference == 0
    }
}
