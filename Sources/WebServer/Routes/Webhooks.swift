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
            return body(of: execution, call).named(execution.id)
        case .ended(let snapshot, let status, let outputs, let contentType, let error):
            let execution = snapshot.execution
            var response =
                outputs.map { Response.json(.map($0)) }
                ?? body(of: execution, call, error: error)
            response.status = .init(code: (200...599).contains(status) ? status : 500)
            if outputs != nil { response.headers[.contentType] = contentType }
            return response.named(execution.id)
        }
    }

    /// The execution; of one that failed, also what an error's answer has.
    private func body(of execution: Execution, _ call: Call, error: String? = nil) -> Response {
        let body = ExecutionBody(execution, now: engine.clock.now, url: call.url(of: execution))
        guard execution.state.current == .failed else { return .json(body.bytes) }
        let message = "Execution \(execution.id) failed" + (error.map { ": \($0)" } ?? "")
        return .json { text in
            text.object { text in
                body.writeMembers(to: &text)
                text.member("message", message)
                text.member("code", "execution-failed")
            }
        }
    }
}

extension Response {
    /// The same answer with the id of the execution that it tells of.
    fileprivate func named(_ id: ExecutionID) -> Response {
        var response = self
        response.headers[.sluiceExecution] = id.description
        return response
    }
}

extension Call {
    /// Where people see an execution; nil without a configured address. Source: engine spec §8.1.
    func url(of execution: Execution) -> String? {
        settings.url.map { "\($0)/ui/executions/\(execution.namespace)/\(execution.flowID)/\(execution.id)" }
    }
}
