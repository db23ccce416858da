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
        var deletions = FlowQuery(namespace: filter)
        deletions.evenDeleted = true
        let heads = try await shelf.store.flowHeads(deletions, PageRequest(size: .max))
        let deleted = heads.items.filter(\.deleted).map { ($0.key, $0.revision) }
        return FlowListing(
            flows: page.items.map(Self.stored),
            deletedRevisions: Dictionary(deleted, uniquingKeysWith: { first, _ in first }),
            version: version)
    }

    func flows(_ keys: [FlowKey]) async throws -> FlowListing {
        let found = try await shelf.store.flows(keys.map { (key: $0, revision: nil) })
        var listing = FlowListing(flows: found.map(Self.stored), version: "")
        let present = Set(found.map(\.head.key))
        for key in keys where !present.contains(key) {
            guard let gone = try await shelf.store.flow(key, revision: nil, evenDeleted: true) else { continue }
            listing.deletedRevisions[key] = gone.head.revision
        }
        return listing
    }

    /// What is stored was read as a flow when it was saved.
    private static func stored(_ flow: Storage.StoredFlow) -> TaskKit.StoredFlow {
        TaskKit.StoredFlow(key: flow.head.key, revision: flow.head.revision, source: flow.source)
    }

    func version(of namespace: String, children: Bool) async throws -> String {
        text(try await count(namespace, children))
    }

    private func text(_ count: Int) -> String { "\(shelf.storeIdentity):\(count)" }

    /// Counts up by one with every flow of the scope that is saved or deleted.
    private func count(_ namespace: String, _ children: Bool) async throws -> Int {
        try await shelf.store.flowChanges(children ? .within(namespace) : .exactly(namespace))
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
        let before = try await count(change.namespace, change.children)
        let saved = try await shelf.save(
            change.saves.map { FlowShelf.Save(key: $0.key, source: $0.source, prepared: $0.prepared as? FlowReading) },
            deleting: change.deletions.map { FlowRemoval($0) })
        let outcomes = (saved.writes + saved.removals).map(\.outcome)
        let ours = outcomes.count { $0 == .created || $0 == .updated || $0 == .deleted }
        // Ours alone were counted, or someone else changed a flow between the reads: then the version is one that never
        // comes, so that the next sync looks at everything.
        let isAlone = try await count(change.namespace, change.children) == before + ours
        return FlowChangeResult(
            revisions: saved.writes.map(\.revision), versionBefore: text(before),
            versionAfter: isAlone ? text(before + ours) : "\(shelf.storeIdentity):changed meanwhile")
    }
}
