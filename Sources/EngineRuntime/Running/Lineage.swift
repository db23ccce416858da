import EngineCore
import FlowModel
import Storage

extension Execution {
    /// The execution that started this one as a subflow; nil for one that somebody or a trigger started.
    var subflowParent: ExecutionID? {
        guard let trigger, !trigger.type.lowercased().contains("trigger") else { return nil }
        return trigger.variables["executionId"]?.string.flatMap { ExecutionID($0) }
    }
}

extension Engine {
    /// Refuses a subflow that would stand too deep below the execution that began it all: flows that start each other would
    /// never come to an end.
    /// - Throws: `EngineRefusal.conflict` with the flows on the way.
    func checkDepth(below parent: ExecutionID, asking flow: FlowKey) async throws {
        if try await line(to: parent).depth < settings.subflowDepth { return }
        let path = try await flows(leadingTo: parent) + [flow]
        let names =
            path.count <= 8
            ? path.map(\.description) : path.prefix(3).map(\.description) + ["…"] + path.suffix(4).map(\.description)
        throw EngineRefusal.conflict(
            "Flow '\(flow)' is not started: subflows may be \(settings.subflowDepth) deep, and this one would be deeper: "
                + names.joined(separator: " → ")
                + ". If they do not start each other without end, raise limits.subflow-depth")
    }

    /// Looked up once after a restart of the server; else what the executor counts is known.
    private func line(to id: ExecutionID) async throws -> Executor.Line {
        if let known = await executor.line(of: id) { return known }
        var (depth, current) = (0, id)
        while depth <= settings.subflowDepth, let parent = try await store.execution(current)?.subflowParent {
            depth += 1
            current = parent
            if let known = await executor.line(of: parent) {
                depth += known.depth
                current = known.root
                break
            }
        }
        let line = Executor.Line(depth: depth, root: current)
        await executor.note(line, of: id)
        return line
    }

    /// The flows of an execution and of those that led to it, the first one first.
    private func flows(leadingTo id: ExecutionID) async throws -> [FlowKey] {
        var path: [FlowKey] = []
        var next: ExecutionID? = id
        while let current = next, path.count <= settings.subflowDepth,
            let execution = try await store.execution(current)
        {
            path.insert(FlowKey(execution.namespace, execution.flowID), at: 0)
            next = execution.subflowParent
        }
        return path
    }
}
