import FlowModel
import Hummingbird
import Storage
import TaskKit

/// Many flows at once: whole namespaces, switching off and on, deleting, taking in files. Source: engine spec §11.2.
struct FlowBulk: Sendable {
    let engine: any EngineDoor

    /// What one call may be about.
    private static let most = 100_000

    var routes: [Route] {
        [
            .post("/flows/bulk", "Saves flows of any namespace; with `delete=true` all others go.") { call in
                try await replace(call, namespace: nil)
            },
            .post("/flows/{namespace}", "Saves flows of a namespace; with `delete=true` its others go.") { call in
                try await replace(call, namespace: call["namespace"])
            },
            .post("/flows/import", "Saves flows from an uploaded YAML file.", handler: takeIn),
            .delete("/flows/delete/by-ids", "Deletes flows.") { call in try await delete(try await keys(call)) },
            .delete("/flows/delete/by-query", "Deletes the flows found.") { call in
                try await delete(try await found(call))
            },
            .post("/flows/disable/by-ids", "Switches flows off.") { call in
                try await set(try await keys(call), disabled: true)
            },
            .post("/flows/disable/by-query", "Switches the flows found off.") { call in
                try await set(try await found(call), disabled: true)
            },
            .post("/flows/enable/by-ids", "Switches flows on.") { call in
                try await set(try await keys(call), disabled: false)
            },
            .post("/flows/enable/by-query", "Switches the flows found on.") { call in
                try await set(try await found(call), disabled: false)
            },
        ]
    }

    // MARK: saving

    private func replace(_ call: Call, namespace: String?) async throws -> Response {
        let deletes = try call.query.flag("delete", default: true)
        let text = try await call.bodyText()
        let sources = text.trimmed.isEmpty ? [] : FlowDocuments.split(text)
        let saves = try await checked(sources, namespace: namespace)
        var removals: [FlowKey] = []
        if deletes {
            let scope = namespace.map { NamespaceFilter.exactly($0) } ?? .any
            let present = try await engine.store.flowHeads(FlowQuery(namespace: scope), PageRequest(size: Self.most))
            let kept = Set(saves.map(\.key))
            removals = present.items.map(\.key).filter { !kept.contains($0) }
        }
        let done = try await engine.save(saves, deleting: removals)
        return .json(.list(try await bodies(of: done)))
    }

    /// Deleted flows, then saved ones.
    private func bodies(of done: FlowsSaved) async throws -> [Value] {
        let removed = done.removals.filter { $0.outcome == .deleted }
        let wanted = (removed + done.writes).map { (key: $0.key, revision: Optional($0.revision)) }
        var stored: [FlowKey: Storage.StoredFlow] = [:]
        for flow in try await engine.store.flows(wanted) { stored[flow.head.key] = flow }
        return wanted.compactMap { stored[$0.key].map { FlowBody($0).value } }
    }

    private func checked(_ sources: [String], namespace: String?) async throws -> [(key: FlowKey, source: String)] {
        var saves: [(key: FlowKey, source: String)] = []
        var problems: [Problem] = []
        var fields: [Refusal.Field] = []
        var seen: Set<FlowKey> = []
        for source in sources {
            let check = await engine.check(source)
            problems += check.problems.filter { $0.severity == .error }
            guard let id = check.id, let space = check.namespace else { continue }
            if let namespace, space != namespace {
                fields.append(.init(path: "flow.namespace", message: "Flow namespace is invalid"))
            }
            if !seen.insert(FlowKey(space, id)).inserted {
                fields.append(.init(path: "flow.id", message: "Duplicate flow id"))
            }
            saves.append((FlowKey(space, id), source))
        }
        if !problems.isEmpty { throw Problems(problems) }
        if !fields.isEmpty { throw Refusal.invalidEntity(fields) }
        return saves
    }

    /// Part `fileUpload`: a YAML file of one or more documents.
    @Sendable private func takeIn(_ call: Call) async throws -> Response {
        var reader = try await FormReader(call, advice: "send a form with a file (`-F fileUpload=@flows.yaml`)")
        var sources: [String] = []
        while let part = try await reader.nextPart() {
            guard part.name == "fileUpload" || part.fileName != nil else { continue }
            let content = try await reader.content(upTo: call.settings.maxBodyBytes)
            let name = part.fileName ?? "flows.yaml"
            guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
                throw Refusal.illegalArgument("Cannot import file '\(name)': only .yaml and .yml files are taken here")
            }
            sources += FlowDocuments.split(String(buffer: content))
        }
        guard !sources.isEmpty else { throw Refusal.illegalArgument("the form has no part `fileUpload`") }
        _ = try await engine.save(try await checked(sources, namespace: nil), deleting: [])
        return .json([])
    }

    // MARK: choosing

    private func keys(_ call: Call) async throws -> [FlowKey] { try FlowKey.list(in: try await call.bodyJSON()) }

    private func found(_ call: Call) async throws -> [FlowKey] {
        try BulkQuery.flows.check(call.query)
        let common = try CommonFilters(call, now: engine.clock.now)
        guard let namespace = try await common.namespace?.filter(among: engine.store.namespaces) else { return [] }
        let query = FlowQuery(namespace: namespace, text: common.text)
        let flows = try await engine.store.flows(query, PageRequest(size: Self.most)).items
        return flows.filter { stored in
            (common.flowIDs.isEmpty || common.flowIDs.contains(stored.head.key.id))
                && FlowBody(stored).has(common.labels)
        }.map(\.head.key)
    }

    // MARK: changing

    private func delete(_ keys: [FlowKey]) async throws -> Response {
        let done = try await engine.save([], deleting: keys)
        return .count(done.removals.count { $0.outcome == .deleted })
    }

    private func set(_ keys: [FlowKey], disabled: Bool) async throws -> Response {
        let flows = try await engine.store.flows(keys.map { (key: $0, revision: nil) })
        let saves = flows.filter { $0.head.disabled != disabled && !$0.head.deleted }.map { stored in
            (key: stored.head.key, source: DisabledLine.set(disabled, in: stored.source))
        }
        if !saves.isEmpty { _ = try await engine.save(saves, deleting: []) }
        return .count(saves.count)
    }
}

/// The member `disabled` of a flow's document, changed without touching anything else of it.
enum DisabledLine {
    static func set(_ disabled: Bool, in source: String) -> String {
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        lines.removeAll { line in
            line.hasPrefix("disabled") && line.dropFirst("disabled".count).drop { $0 == " " }.hasPrefix(":")
        }
        if disabled {
            let start = lines.firstIndex { $0.hasPrefix("namespace:") } ?? lines.firstIndex { $0.hasPrefix("id:") }
            lines.insert("disabled: true", at: start.map { $0 + 1 } ?? 0)
        }
        return lines.joined(separator: "\n")
    }
}
