import EngineCore
import EngineRuntime
import FlowModel
import Hummingbird

/// `/executions/webhook/{namespace}/{flow}/{key}`: starts a flow from outside. Source: engine spec §7.4, since-0.20 §6.1.
struct WebhookRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [HTTPRequest.Method.get, .post, .put].map { method in
            Route(
                method, "/executions/webhook/{namespace}/{flow}/{key}", "Calls a flow's webhook; the key protects it.",
                access: .open, acts: true, handler: take)
        }
    }

    @Sendable private func take(_ call: Call) async throws -> Response {
        let flow = FlowKey(call["namespace"], call["flow"])
        let webhook = WebhookRequest(
            key: call["key"], headers: call.request.headers.map { ($0.name.rawName, $0.value) },
            parameters: call.query.items.map { ($0.name, $0.value) }, body: try await call.bodyBytes())
        let answer = try await engine.untilStopping("the webhook's execution goes on") {
            try await engine.webhook(webhook, of: flow)
        }
        switch answer {
        case .declined: return .empty(.noContent)
        case .started(let execution):
            return .json(ExecutionBody(execution, now: engine.clock.now, url: call.url(of: execution)).bytes)
        case .ended(let snapshot, let status, let outputs, let contentType):
            var response =
                outputs.map { Response.json(.map($0)) }
                ?? .json(
                    ExecutionBody(snapshot.execution, now: engine.clock.now, url: call.url(of: snapshot.execution))
                        .bytes)
            response.status = .init(code: (200...599).contains(status) ? status : 500)
            response.headers[.contentType] = contentType
            return response
        }
    }
}

extension Call {
    /// Where people see an execution; nil without a configured address. Source: engine spec §8.1.
    func url(of execution: Execution) -> String? {
        settings.url.map { "\($0)/ui/executions/\(execution.namespace)/\(execution.flowID)/\(execution.id)" }
    }
}
