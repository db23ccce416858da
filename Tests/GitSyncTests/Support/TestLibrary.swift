import FlowModel
import Synchronization
import TaskKit

@testable import GitSync

/// Flows in memory, with revisions and versions as the real store keeps them.
final class TestLibrary: FlowLibrary {
    private struct State {
        var flows: [FlowKey: StoredFlow] = [:]
        var deleted: [FlowKey: Int] = [:]
        var version = 0
        var calls: [String] = []
    }

    private let state = Mutex(State())

    func save(_ source: String, readable: Bool = true) {
        guard let root = try? YAMLReader().document(source), let id = root["id"]?.text,
            let namespace = root["namespace"]?.text
        else { return }
        state.withLock { state in
            Self.save(FlowKey(namespace: namespace, id: id), source, readable, &state)
            state.version += 1
        }
    }

    @discardableResult
    private static func save(_ key: FlowKey, _ source: String, _ readable: Bool, _ state: inout State) -> Int {
        if let stored = state.flows[key], stored.source == source { return stored.revision }
        let last = state.flows[key]?.revision ?? state.deleted[key] ?? 0
        state.deleted[key] = nil
        state.flows[key] = StoredFlow(key: key, revision: last + 1, source: source, isReadable: readable)
        return last + 1
    }

    func delete(_ key: FlowKey) {
        state.withLock { state in
            guard let flow = state.flows.removeValue(forKey: key) else { return }
            state.deleted[key] = flow.revision + 1
            state.version += 1
        }
    }

    subscript(namespace: String, id: String) -> StoredFlow? {
        state.withLock { $0.flows[FlowKey(namespace: namespace, id: id)] }
    }

    var all: [StoredFlow] { state.withLock { $0.flows.values.sorted { $0.key < $1.key } } }
    var names: [String] { all.map { "\($0.key.namespace).\($0.key.id)" } }
    /// What was asked since the last look.
    var calls: [String] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }

    func flows(in namespace: String, children: Bool) async throws -> FlowListing {
        state.withLock { state in
            state.calls.append("flows")
            func isMeant(_ key: FlowKey) -> Bool {
                key.namespace == namespace || children && key.namespace.hasPrefix(namespace + ".")
            }
            return FlowListing(
                flows: state.flows.values.filter { isMeant($0.key) }.sorted { $0.key < $1.key },
                deletedRevisions: state.deleted.filter { isMeant($0.key) }, version: "\(state.version)")
        }
    }

    func flows(_ keys: [FlowKey]) async throws -> FlowListing {
        state.withLock { state in
            state.calls.append("flows of \(keys.count)")
            return FlowListing(
                flows: keys.compactMap { state.flows[$0] },
                deletedRevisions: state.deleted.filter { keys.contains($0.key) },
                version: "")
        }
    }

    func version(of namespace: String, children: Bool) async throws -> String { state.withLock { "\($0.version)" } }

    func check(_ sources: [String]) async throws -> [FlowCheck] {
        state.withLock { $0.calls.append("check \(sources.count)") }
        return sources.map { source in
            guard let root = try? YAMLReader().document(source) else {
                return FlowCheck(id: nil, namespace: nil, problems: [Problem("yaml", what: "is no YAML")])
            }
            var problems: [Problem] = []
            if source.contains("unknown.type") { problems.append(Problem("type", what: "Invalid type: unknown.type")) }
            if root["id"]?.text == nil { problems.append(Problem("id", what: "id must not be null")) }
            return FlowCheck(id: root["id"]?.text, namespace: root["namespace"]?.text, problems: problems)
        }
    }

    func apply(_ change: FlowChange) async throws -> FlowChangeResult {
        state.withLock { state in
            state.calls.append("apply \(change.saves.count) \(change.deletions.count)")
            let before = state.version
            let revisions = change.saves.map { Self.save($0.key, $0.source, true, &state) }
            for key in change.deletions {
                if let flow = state.flows.removeValue(forKey: key) { state.deleted[key] = flow.revision + 1 }
            }
            state.version += 1
            return FlowChangeResult(
                revisions: revisions, versionBefore: "\(before)", versionAfter: "\(state.version)")
        }
    }
}
