import EngineRuntime
import FlowModel
import Hummingbird
import Storage
import TaskKit

/// `/flows`: finding, reading, saving, checking and deleting flows. Source: engine spec §1.3, §11.2.
struct FlowRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/flows/search", "Finds flows.", handler: search),
            .get("/flows/source", "Finds flows by their source.", handler: searchSource),
            .get("/flows/distinct-namespaces", "Namespaces that have flows.", handler: namespaces),
            .get("/flows/{namespace}", "All flows of a namespace.", handler: list),
            .get("/flows/{namespace}/{id}", "A flow, with `source=true` its document too.", handler: show),
            .get(
                "/flows/{namespace}/{id}/revisions", "All revisions of a flow with their documents.", handler: revisions
            ),
            .get("/flows/{namespace}/{id}/tasks/{task}", "A task of a flow.", handler: task),
            .post("/flows", "Saves a new flow.", handler: create),
            .put("/flows/{namespace}/{id}", "Saves a flow that is there.", handler: update),
            .delete("/flows/{namespace}/{id}", "Deletes a flow; its revisions and executions stay.", handler: delete),
            .post("/flows/validate", "Says of each document what is wrong with it.", handler: validate),
        ]
    }

    // MARK: finding

    private func query(_ call: Call) async throws -> FlowQuery? {
        let common = try CommonFilters(call, now: engine.clock.now)
        guard let namespace = try await common.namespace?.filter(among: engine.store.namespaces) else { return nil }
        var query = FlowQuery(namespace: namespace, text: common.text)
        if let sort = try call.sort() {
            switch sort.field {
            case "id": query.sort = .idThenNamespace
            case "namespace": query.sort = .key
            case "updated": query.sort = .updated
            default: throw Call.badSort(sort.field)
            }
            query.descending = sort.descending
        }
        return query
    }

    @Sendable private func search(_ call: Call) async throws -> Response {
        let page = try call.page()
        let common = try CommonFilters(call, now: engine.clock.now)
        guard let query = try await query(call) else { return .json(["results": [], "total": 0]) }
        if common.labels.isEmpty && common.flowIDs.isEmpty {
            let found = try await engine.store.flows(query, page)
            return .json { $0.page(found.items, total: found.total) { $1.value(FlowBody($0).value) } }
        }
        // Labels stand in the documents only.
        let all = try await engine.store.flows(query, PageRequest(size: 100_000)).items
        let matching = all.filter { stored in
            (common.flowIDs.isEmpty || common.flowIDs.contains(stored.head.key.id))
                && FlowBody(stored).has(common.labels)
        }
        let found = page.cut(matching)
        return .json { $0.page(found.items, total: found.total) { $1.value(FlowBody($0).value) } }
    }

    /// Pages of `{model, fragments}`: the flow and the lines in which the text was found.
    @Sendable private func searchSource(_ call: Call) async throws -> Response {
        let page = try call.page()
        guard var query = try await query(call) else { return .json(["results": [], "total": 0]) }
        query.sourceText = query.text
        query.text = nil
        let found = try await engine.store.flows(query, page)
        let results = found.items.map { stored -> Value in
            let fragments = SourceFragments.of(query.sourceText ?? "", in: stored.source)
            return ["model": FlowBody(stored).value, "fragments": .list(fragments.map { .string($0) })]
        }
        return .json(["results": .list(results), "total": .int(Int64(found.total))])
    }

    @Sendable private func namespaces(_ call: Call) async throws -> Response {
        let part = call.query.text("q")?.lowercased()
        let names = try await engine.store.namespaces().filter { part.map($0.lowercased().contains) ?? true }
        return .json(.list(names.map { .string($0) }))
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let found = try await engine.store.flows(
            FlowQuery(namespace: .exactly(call["namespace"])), PageRequest(size: 100_000))
        return .json(.list(found.items.map { FlowBody($0).value }))
    }

    // MARK: reading

    private func stored(_ call: Call) async throws -> Storage.StoredFlow {
        let key = FlowKey(call["namespace"], call["id"])
        let revision = try call.query.int("revision", in: 1...Int.max)
        let evenDeleted = try call.query.flag("allowDeleted")
        guard let stored = try await engine.store.flow(key, revision: revision, evenDeleted: evenDeleted) else {
            throw try await engine.missing(key, revision: revision)
        }
        return stored
    }

    @Sendable private func show(_ call: Call) async throws -> Response {
        let stored = try await stored(call)
        return answer(stored, withSource: try call.query.flag("source"), exception: try await exception(of: stored))
    }

    private func exception(of stored: Storage.StoredFlow) async throws -> String? {
        if stored.head.deleted { return nil }
        return try await engine.declaration(of: stored.head.key, revision: stored.head.revision)?.exception
    }

    private func answer(_ stored: Storage.StoredFlow, withSource: Bool, exception: String? = nil) -> Response {
        var response = Response.json(FlowBody(stored, withSource: withSource, exception: exception).value)
        response.headers[.eTag] = "\"\(stored.head.revision)\""
        return response
    }

    @Sendable private func revisions(_ call: Call) async throws -> Response {
        let key = FlowKey(call["namespace"], call["id"])
        let revisions = try await engine.store.revisions(of: key)
        if revisions.isEmpty { throw Refusal.notFound("Flow not found: \(key)") }
        return .json(.list(revisions.map { FlowBody($0, withSource: true).value }))
    }

    @Sendable private func task(_ call: Call) async throws -> Response {
        let stored = try await stored(call)
        let document = FlowBody.document(stored.source).document ?? [:]
        guard let task = ValueMap.task(call["task"], in: .map(document.filter { $0.key != "id" })) else {
            throw Refusal.notFound("Task not found: \(call["task"]) in \(stored.head.key)")
        }
        return .json(task)
    }

    // MARK: saving

    @Sendable private func create(_ call: Call) async throws -> Response {
        try await saved(try await engine.save(try await call.bodyText(), expecting: .create))
    }

    /// With `If-Match: "3"` only when nobody has saved anything since revision 3. Source: ux spec §5.
    @Sendable private func update(_ call: Call) async throws -> Response {
        let key = FlowKey(call["namespace"], call["id"])
        let source = try await call.bodyText()
        guard let newest = try await engine.store.flow(key, revision: nil, evenDeleted: false)?.head.revision else {
            throw Refusal.notFound("Flow not found: \(key)")
        }
        var expected: Int?
        if let text = call.header(.ifMatch), text != "*" {
            guard let revision = Int(text.filter { $0 != "\"" }) else {
                throw Refusal.illegalArgument("If-Match must hold a revision, such as \"3\", not \(text)")
            }
            if revision != newest { throw Self.stale(key, newest: newest) }
            expected = revision
        }
        return try await saved(try await engine.save(source, expecting: .update(key, revision: expected)))
    }

    private static func stale(_ key: FlowKey, newest: Int) -> Refusal {
        var refusal = Refusal.illegalState(
            "\(key) was changed by someone else: it has revision \(newest) now", code: "stale-revision")
        refusal.more["revision"] = .int(Int64(newest))
        return refusal
    }

    private func saved(_ key: FlowKey) async throws -> Response {
        guard let stored = try await engine.store.flow(key, revision: nil, evenDeleted: false) else {
            throw Refusal.notFound("Flow not found: \(key) was deleted while it was saved")
        }
        return answer(stored, withSource: true)
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let key = FlowKey(call["namespace"], call["id"])
        guard try await engine.delete(key) else { throw Refusal.notFound("Flow not found: \(key)") }
        return .empty(.noContent)
    }

    // MARK: checking

    /// One element per document, `constraints` holding a line `<path>: <message>` per mistake.
    @Sendable private func validate(_ call: Call) async throws -> Response {
        var answers: [Value] = []
        for (index, source) in FlowDocuments.split(try await call.bodyText()).enumerated() {
            answers.append(try await verdict(of: source, index: index))
        }
        return .json(.list(answers))
    }

    private func verdict(of source: String, index: Int) async throws -> Value {
        let check = await engine.check(source)
        var members: ValueMap = ["index": .int(Int64(index))]
        if let id = check.id { members["flow"] = .string(id) }
        if let namespace = check.namespace { members["namespace"] = .string(namespace) }
        let errors = Problems(check.problems).violations
        if !errors.isEmpty { members["constraints"] = .string(errors.map(\.line).joined(separator: "\n")) }
        members["outdated"] = .bool(try await isOutdated(source, check))
        let warnings = check.problems.filter { $0.severity == .warning }
        let deprecations = warnings.filter { $0.code.contains("deprecated") }
        members["deprecationPaths"] = .list(deprecations.compactMap { $0.path.map { .string($0) } })
        members["warnings"] = .list(warnings.filter { !deprecations.contains($0) }.map { .string($0.line) })
        members["infos"] = .list(check.problems.filter { $0.severity == .info }.map { .string($0.what) })
        if !check.problems.isEmpty { members["problems"] = .list(check.problems.map(ProblemBody.value)) }
        return .map(members)
    }

    /// Whether the document says a revision, and not the one that saving it would make.
    private func isOutdated(_ source: String, _ check: FlowCheck) async throws -> Bool {
        guard let said = FlowBody.document(source).document?["revision"]?.int, let namespace = check.namespace,
            let id = check.id
        else { return false }
        let newest = try await engine.store.flow(FlowKey(namespace, id), revision: nil, evenDeleted: true)
        return said != Int64(newest?.head.revision ?? 0) + 1
    }
}

extension Problem {
    /// `tasks[0].type: must not be null`.
    var line: String { (path.map { "\($0): " } ?? "") + what }
}

/// A problem with all that editors want to know. Source: ux spec §4.
enum ProblemBody {
    static func value(_ problem: Problem) -> Value {
        var members: ValueMap = ["severity": .string(problem.severity.rawValue), "code": .string(problem.code)]
        if let path = problem.path { members["path"] = .string(path) }
        members["message"] = .string(problem.what)
        if let place = problem.place {
            members["line"] = .int(Int64(place.line))
            members["column"] = .int(Int64(place.column))
        }
        if let fix = problem.fix { members["suggestions"] = [.string(fix)] }
        return .map(members)
    }
}

/// A text that holds several YAML documents.
enum FlowDocuments {
    /// The documents between lines that are `---`, without those that are blank. One at least.
    static func split(_ text: String) -> [String] {
        var documents: [String] = []
        var lines: [Substring] = []
        func end() {
            let document = lines.joined(separator: "\n")
            if !document.trimmed.isEmpty { documents.append(document) }
            lines = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("---"), line.dropFirst(3).trimmed.isEmpty { end() } else { lines.append(line) }
        }
        end()
        return documents.isEmpty ? [text] : documents
    }
}

/// The places of a source in which a text was found, for a list of results.
enum SourceFragments {
    private static let most = 5

    /// Lines with the text marked as `[mark]…[/mark]`.
    static func of(_ text: String, in source: String) -> [String] {
        let wanted = text.lowercased()
        if wanted.isEmpty { return [] }
        var fragments: [String] = []
        for line in source.split(separator: "\n") where fragments.count < most {
            let lowered = line.lowercased()
            guard lowered.count == line.count, let range = lowered.firstRange(of: wanted) else { continue }
            let start = lowered.distance(from: lowered.startIndex, to: range.lowerBound)
            let from = line.index(line.startIndex, offsetBy: start)
            let to = line.index(from, offsetBy: wanted.count)
            fragments.append(line[..<from] + "[mark]" + line[from..<to] + "[/mark]" + line[to...])
        }
        return fragments
    }
}
