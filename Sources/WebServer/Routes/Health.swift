import FlowModel
import Hummingbird

/// `/health`, `/ping`: for probes and starting scripts. Source: engine spec §11.7, ux spec §11.
struct HealthRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            open("/health", "Whether the server can work, with its parts.", ready),
            open("/health/ready", "200 when requests are taken, else 503.", ready),
            open("/health/live", "200 while the process works at all.") { _ in .json(["status": "UP"]) },
            open("/health/liveness", "As live.") { _ in .json(["status": "UP"]) },
            open("/health/readiness", "As ready.", ready),
            open("/ping", "Answers pong.") { _ in .text("pong") },
        ]
    }

    private func open(_ path: String, _ about: String, _ handler: @escaping Route.Handler) -> Route {
        Route(.get, path, about, access: .open, isBelowAPI: false, handler: handler)
    }

    @Sendable private func ready(_ call: Call) async throws -> Response {
        var parts: ValueMap = [:]
        var isUp = true
        func add(_ name: String, problem: String?) {
            isUp = isUp && problem == nil
            var details: ValueMap = ["status": problem == nil ? "UP" : "DOWN"]
            if let problem { details["details"] = ["error": .string(problem)] }
            parts[name] = .map(details)
        }
        add("engine", problem: engine.unreadiness)
        do {
            _ = try await engine.store.mark(space: "health", key: "probe")
            add("storage", problem: nil)
        } catch {
            add("storage", problem: error.what)
        }
        let body: Value = .map(["status": isUp ? "UP" : "DOWN", "details": .map(parts)])
        return .json(body, status: isUp ? .ok : .serviceUnavailable)
    }
}
