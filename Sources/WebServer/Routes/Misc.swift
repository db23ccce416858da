import FlowModel
import Hummingbird

/// What clients ask of the server as a whole. Source: engine spec §11.7.
struct MiscRoutes: Sendable {
    let engine: any EngineDoor
    let settings: WebSettings

    var routes: [Route] {
        [
            .get("/configs", "What this server is and can.", handler: configs),
            .get("/usages/all", "How much there is of everything.", handler: usages),
            .get("/taskruns/search", "Task runs are found through their executions.") { _ in
                .json(["results": [], "total": 0])
            },
            .get("/dashboards", "There are no dashboards of one's own.") { _ in .json(["results": [], "total": 0]) },
        ]
    }

    @Sendable private func configs(_ call: Call) async throws -> Response {
        var members: ValueMap = [
            "uuid": .string(settings.instanceID), "version": .string(settings.version),
            "commitId": .string(settings.commit),
            "isCustomDashboardsEnabled": false, "isTaskRunEnabled": false, "isAnonymousUsageEnabled": false,
            "isTemplateEnabled": false, "preview": ["initial": 100, "max": 5000], "isBasicAuthEnabled": false,
            "systemNamespace": .string(NamespaceChoice.system), "hiddenLabelsPrefixes": ["system."],
        ]
        if let url = settings.url { members["url"] = .string(url) }
        return .json(.map(members))
    }

    @Sendable private func usages(_ call: Call) async throws -> Response {
        let flows = try await engine.store.flowHeads(.init(), .init(size: 0)).total
        let namespaces = try await engine.store.namespaces().count
        var states: ValueMap = [:]
        var total = 0
        for count in try await engine.store.executionCounts(.any, flowID: nil) {
            states[count.state.rawValue] = .int((states[count.state.rawValue]?.int ?? 0) + Int64(count.count))
            total += count.count
        }
        return .json(
            .map([
                "uuid": .string(settings.instanceID), "version": .string(settings.version),
                "flows": ["count": .int(Int64(flows)), "namespacesCount": .int(Int64(namespaces))],
                "executions": ["count": .int(Int64(total)), "countByState": .map(states)],
            ]))
    }
}
