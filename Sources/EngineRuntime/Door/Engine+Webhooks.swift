import EngineCore
import FlowModel
import Storage
import TaskKit

/// How a webhook's request is answered. Source: engine spec §7.4, since-0.20 §6.1.
public enum WebhookAnswer: Sendable {
    /// 204.
    case declined
    /// 200 with the new execution.
    case started(Execution)
    /// With the execution at its end: the status, its outputs when the trigger returns them and there are any, and the
    /// first ERROR line of its log, as it is stored, when it failed.
    case ended(ExecutionSnapshot, status: Int, outputs: ValueMap?, contentType: String, error: String?)
}

extension Engine {
    /// Starts the execution that a webhook's request asks for; on disk when this returns.
    /// - Throws: `EngineRefusal.notFound` for an unknown flow or key, `.conflict` for a flow that cannot run.
    public func webhook(_ request: WebhookRequest, of key: FlowKey) async throws -> WebhookAnswer {
        let flow = try await runnable(key)
        let decision = WebhookDecision.answer(to: request, of: flow.flow) { trigger in
            TriggerScope(
                trigger, of: flow.flow, server: settings.variables, world: world(namespace: flow.flow.namespace))
        }
        switch decision {
        case .notFound: throw EngineRefusal.notFound("Webhook not found")
        case .declined: return .declined
        case .failed(let trigger, let message): throw EngineRefusal.invalid("Webhook '\(trigger)': \(message)")
        case .start(let wanted): return try await start(wanted, of: flow)
        }
    }

    private func start(_ wanted: WebhookStart, of flow: CompiledFlow) async throws -> WebhookAnswer {
        var request = StartRequest(namespace: flow.flow.namespace, flowID: flow.flow.id)
        request.trigger = ExecutionTrigger(
            id: wanted.trigger.id, type: wanted.trigger.type, variables: wanted.variables)
        request.inputs = wanted.inputs ?? [:]
        request.requiresInputs = wanted.inputs != nil
        let execution = try await start(request, of: flow).execution
        guard wanted.wait else { return .started(execution) }
        let ended = try await end(of: execution.id)
        let failed = ended.execution.state.current == .failed
        let outputs = ended.execution.outputs ?? [:]
        // A failed execution has no outputs as a rule: an empty map would tell nothing.
        let returns = wanted.returnOutputs && !(failed && outputs.isEmpty)
        var error: String?
        if failed {
            let lines = try await store.logs(of: execution.id, after: nil, LogFilter(minLevel: .error), limit: 1)
            error = lines.first?.entry.message
        }
        return .ended(
            ended, status: wanted.responseCode ?? (failed ? 500 : 200), outputs: returns ? outputs : nil,
            contentType: wanted.contentType.rawValue, error: error)
    }
}
