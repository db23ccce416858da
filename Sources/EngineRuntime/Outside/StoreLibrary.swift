import FlowModel
import Storage
import TaskKit

/// The stored flows as tasks see them; changes go through the shelf, like those of every other caller.
struct StoreLibrary: FlowLibrary {
    let shelf: FlowShelf

    func flows(in namespace: String, children: Bool) async throws -> FlowListing {
        let filter: NamespaceFilter = children ? .within(namespace) : .exactly(namespace)
        // The version is read first: a change in between makes the listing newer than its version, never older.
        let version = try await version(of: namespace, children: children)
        let page = try await shelf.store.flows(FlowQuery(namespace: filter), PageRequest(size: .max))
        let flows = page.items.map { stored in
            TaskKit.StoredFlow(
                key: stored.head.key, revision: stored.head.revision, source: stored.source, isReadable: true)
        }
        return FlowListing(flows: flows, version: version)
    }

    func version(of namespace: String, children: Bool) async throws -> String {
        let count = try await shelf.store.flowChanges(children ? .within(namespace) : .exactly(namespace))
        return "\(shelf.storeIdentity):\(count)"
    }

    func check(_ sources: [String]) async throws -> [FlowCheck] {
        // Reading is work for the processor alone: the sources are shared among a few tasks.
        let size = max(64, (sources.count + 3) / 4)
        let starts = Array(stride(from: 0, to: sources.count, by: size))
        return try await withThrowingTaskGroup(of: (Int, [FlowCheck]).self) { group in
            for start in starts {
                group.addTask {
                    (start, sources[start..<min(start + size, sources.count)].map { shelf.check($0) })
                }
            }
            var parts: [Int: [FlowCheck]] = [:]
            for try await (start, checks) in group { parts[start] = checks }
            return starts.flatMap { parts[$0] ?? [] }
        }
    }

    func apply(_ change: FlowChange) async throws -> FlowChangeResult {
        let before = try await version(of: change.namespace, children: change.children)
        let saved = try await shelf.save(
            change.saves.map { FlowShelf.Save(key: $0.key, source: $0.source, prepared: $0.prepared as? FlowReading) },
            deleting: change.deletions.map { FlowRemoval($0) })
        let after = try await version(of: change.namespace, children: change.children)
        return FlowChangeResult(revisions: saved.writes.map(\.revision), versionBefore: before, versionAfter: after)
    }
}
