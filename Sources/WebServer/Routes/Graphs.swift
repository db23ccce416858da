import FlowModel
import Hummingbird
import Storage
import TaskKit

/// Flows and executions drawn as graphs. Source: engine spec §11.9.
struct GraphRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/flows/{namespace}/{id}/graph", "A flow as nodes, edges and clusters.", handler: ofFlow),
            .post("/flows/graph", "The graph of a document that is not saved.", handler: ofSource),
            .get(
                "/executions/{id}/graph", "The graph of an execution, with the last run of each task.",
                handler: ofExecution),
        ]
    }

    @Sendable private func ofFlow(_ call: Call) async throws -> Response {
        let key = FlowKey(call["namespace"], call["id"])
        let revision = try call.query.int("revision", in: 1...Int.max)
        guard let flow = try await flow(key, revision: revision) else {
            throw Refusal.notFound("Unable to find flow \(key.namespace)_\(key.id)")
        }
        return .json(try await graph(of: flow, call).value)
    }

    @Sendable private func ofSource(_ call: Call) async throws -> Response {
        let source = try await call.bodyText()
        return .json(try await graph(of: try FlowReader(catalogue: engine.catalogue).read(source).flow, call).value)
    }

    @Sendable private func ofExecution(_ call: Call) async throws -> Response {
        let snapshot = try await engine.known(call["id"])
        let execution = snapshot.execution
        let key = FlowKey(execution.namespace, execution.flowID)
        guard let flow = try await flow(key, revision: execution.flowRevision) else {
            throw Refusal.notFound("Unable to find flow \(key.namespace)_\(key.id)")
        }
        var graph = try await graph(of: flow, call)
        let now = engine.clock.now
        for run in snapshot.taskRuns {
            var text = JSONText()
            TaskRunBody(run: run, execution: execution, executionID: execution.id.description, now: now).write(
                to: &text)
            graph.flows["root"]?.taskRuns[run.taskID] = try JSON.parse(text.bytes)
        }
        return .json(graph.value)
    }

    private func graph(of flow: Flow, _ call: Call) async throws -> FlowGraph {
        try await GraphBuilder.graph(
            of: flow, catalogue: engine.catalogue, expanding: Set(call.query.list("subflows")),
            find: { try await self.flow($0, revision: nil) })
    }

    /// - Throws: `Problems` for a flow that can no longer be read.
    private func flow(_ key: FlowKey, revision: Int?) async throws -> Flow? {
        guard let stored = try await engine.store.flow(key, revision: revision, evenDeleted: false) else { return nil }
        return try FlowReader(catalogue: engine.catalogue).read(stored.source).flow
    }
}
