import FlowModel
import Hummingbird
import Storage
import TaskKit

/// `/triggers`: what is kept of triggers, and what can be done with them. Source: engine spec §11.5, since-0.20 §11.
struct TriggerRoutes: Sendable {
    let engine: any EngineDoor

    private typealias Change = @Sendable (TriggerKey) async throws -> Void

    var routes: [Route] {
        [
            .get("/triggers/search", "Finds triggers, with their definitions.", handler: search),
            .get("/triggers/{namespace}/{flow}", "The stored state of a flow's triggers.", handler: ofFlow),
            .put("/triggers", "Switches a trigger on or off, or begins a backfill.", handler: update),
            .post(
                "/triggers/{namespace}/{flow}/{id}/unlock", "Forgets the execution a trigger waits for.",
                handler: unlock),
            .post("/triggers/{namespace}/{flow}/{id}/restart", "Begins a trigger's evaluation anew.", handler: restart),
            .delete("/triggers/{namespace}/{flow}/{id}", "Deletes a trigger's stored state.", handler: delete),
            .put("/triggers/backfill/pause", "Pauses a backfill.") { call in try await setBackfill(call, paused: true)
            },
            .put("/triggers/backfill/unpause", "Goes on with a backfill.") { call in
                try await setBackfill(call, paused: false)
            },
            .post("/triggers/backfill/delete", "Ends a backfill.", handler: deleteBackfill),
        ] + bulk
    }

    private var bulk: [Route] {
        [
            .post("/triggers/unlock/by-triggers", "Unlocks triggers.") { call in
                try await change(try await rows(in: call.bodyJSON()).filter(\.isLocked)) {
                    _ = try await engine.unlock(trigger: $0)
                }
            },
            .post("/triggers/unlock/by-query", "Unlocks the triggers found.") { call in
                try await change(try await chosen(call).filter(\.isLocked)) { _ = try await engine.unlock(trigger: $0) }
            },
            .post("/triggers/set-disabled/by-triggers", "Switches triggers on or off.", handler: setDisabled),
            .put("/triggers/set-disabled", "Switches triggers on or off.", handler: setDisabled),
            .post("/triggers/set-disabled/by-query", "Switches the triggers found on or off.") { call in
                let disabled = try call.query.flag("disabled", default: true)
                return try await change(try await chosen(call)) {
                    _ = try await engine.setDisabled(disabled, trigger: $0)
                }
            },
            .post("/triggers/delete/by-triggers", "Deletes stored state of triggers.") { call in
                try await change(try await rows(in: call.bodyJSON())) { try await engine.delete(trigger: $0) }
            },
            .post("/triggers/delete/by-query", "Deletes stored state of the triggers found.") { call in
                try await change(try await chosen(call)) { try await engine.delete(trigger: $0) }
            },
        ] + ["pause", "unpause", "delete"].flatMap(backfillBulk)
    }

    private func backfillBulk(_ word: String) -> [Route] {
        let act: Change = { key in
            if word == "delete" {
                _ = try await engine.endBackfill(trigger: key)
            } else {
                _ = try await engine.setBackfill(paused: word == "pause", trigger: key)
            }
        }
        return [
            .post("/triggers/backfill/\(word)/by-triggers", "The same for the backfills of several triggers.") { call in
                try await change(try await rows(in: call.bodyJSON()).filter { $0.backfill != nil }, act)
            },
            .post("/triggers/backfill/\(word)/by-query", "The same for the backfills of the triggers found.") { call in
                try await change(try await chosen(call).filter { $0.backfill != nil }, act)
            },
        ]
    }

    // MARK: finding

    /// What an operation on many is done to: never everything by mistake.
    private func chosen(_ call: Call) async throws -> [TriggerState] {
        try BulkQuery.triggers.check(call.query)
        return try await found(call)
    }

    private func found(_ call: Call) async throws -> [TriggerState] {
        let common = try CommonFilters(call, now: engine.clock.now)
        guard let namespace = try await common.namespace?.filter(among: engine.store.namespaces) else { return [] }
        let one = common.flowIDs.count == 1 ? common.flowIDs[0] : nil
        var rows = try await engine.store.triggers(namespace, flowID: one, text: common.text)
        if common.flowIDs.count > 1 { rows = rows.filter { common.flowIDs.contains($0.key.flow.id) } }
        if let worker = call.query.text("workerId") { rows = rows.filter { $0.workerID == worker } }
        for filter in common.others where filter.field == "triggerId" {
            guard filter.operation == .equals else { throw filter.unsupported }
            rows = rows.filter { $0.key.id == filter.value }
        }
        return rows
    }

    /// Pages of `{abstractTrigger, triggerContext}`.
    @Sendable private func search(_ call: Call) async throws -> Response {
        let page = try call.page().cut(try await found(call))
        let definitions = try await TriggerDefinitions(of: page.items.map(\.key), in: engine.store)
        return .json { text in
            text.page(page.items, total: page.total) { row, text in
                text.object { text in
                    text.member("abstractTrigger", definitions[row.key] ?? .null)
                    text.body("triggerContext") { TriggerBody(row: row).write(to: &$0) }
                }
            }
        }
    }

    @Sendable private func ofFlow(_ call: Call) async throws -> Response {
        let rows = try await engine.store.triggers(
            .exactly(call["namespace"]), flowID: call["flow"], text: call.query.text("q"))
        let page = try call.page().cut(rows)
        return .json { $0.page(page.items, total: page.total) { TriggerBody(row: $0).write(to: &$1) } }
    }

    // MARK: changing

    private func key(in body: Value) throws(Refusal) -> TriggerKey {
        guard let namespace = body["namespace"]?.string, let flow = body["flowId"]?.string,
            let id = (body["triggerId"] ?? body["id"])?.string
        else { throw .illegalArgument("a trigger is named by `namespace`, `flowId` and `triggerId`") }
        return TriggerKey(FlowKey(namespace, flow), id)
    }

    private func key(_ call: Call) -> TriggerKey { TriggerKey(FlowKey(call["namespace"], call["flow"]), call["id"]) }

    /// Body: a row. Only `disabled` and `backfill` count.
    @Sendable private func update(_ call: Call) async throws -> Response {
        let body = try await call.bodyJSON()
        let key = try key(in: body)
        guard let stored = try await engine.store.flow(key.flow, revision: nil, evenDeleted: false) else {
            throw Refusal.notFound("Flow of trigger \(key.id) not found")
        }
        guard TriggerDefinitions.all(in: stored.source)[key.id] != nil else {
            throw Refusal.notFound("Flow \(key.flow.id) has no trigger \(key.id)")
        }
        guard let row = try await engine.store.trigger(key) else { throw Refusal.notFound("Trigger not found: \(key)") }
        var changed = row
        if let wanted = body["disabled"]?.bool, wanted != row.disabled {
            changed = try await engine.setDisabled(wanted, trigger: key)
        }
        // A client that sends the whole row back sends the backfill that is under way too.
        if let given = body["backfill"], !given.isNull {
            let backfill = try Backfill(given, now: engine.clock.now)
            if backfill.start != row.backfill?.start { changed = try await engine.begin(backfill, trigger: key) }
        }
        return .json(TriggerBody(row: changed).bytes)
    }

    @Sendable private func unlock(_ call: Call) async throws -> Response {
        let key = key(call)
        guard let row = try await engine.store.trigger(key) else { throw Refusal.notFound("Trigger not found: \(key)") }
        guard row.isLocked else { throw Refusal.illegalState("Trigger is not locked") }
        return .json(TriggerBody(row: try await engine.unlock(trigger: key)).bytes)
    }

    @Sendable private func restart(_ call: Call) async throws -> Response {
        let key = key(call)
        guard try await engine.store.trigger(key) != nil else { throw Refusal.notFound("Trigger not found: \(key)") }
        try await engine.restart(trigger: key)
        return .empty()
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let key = key(call)
        guard try await engine.store.trigger(key) != nil else { throw Refusal.notFound("Trigger not found: \(key)") }
        try await engine.delete(trigger: key)
        return .empty(.noContent)
    }

    private func backfilled(_ call: Call) async throws -> TriggerKey {
        let key = try key(in: try await call.bodyJSON())
        guard let row = try await engine.store.trigger(key) else { throw Refusal.notFound("Trigger not found: \(key)") }
        guard row.backfill != nil else { throw Refusal(.badRequest, "No backfill found", code: "no-backfill") }
        return key
    }

    private func setBackfill(_ call: Call, paused: Bool) async throws -> Response {
        .json(TriggerBody(row: try await engine.setBackfill(paused: paused, trigger: try await backfilled(call))).bytes)
    }

    @Sendable private func deleteBackfill(_ call: Call) async throws -> Response {
        .json(TriggerBody(row: try await engine.endBackfill(trigger: try await backfilled(call))).bytes)
    }

    // MARK: many at once

    /// The stored rows that a list in the body names, by itself or as the member `triggers`.
    private func rows(in body: Value) async throws -> [TriggerState] {
        guard let items = body.list ?? body["triggers"]?.list else {
            throw Refusal.illegalArgument("the body must be a list of triggers")
        }
        var rows: [TriggerState] = []
        for item in items { if let row = try await engine.store.trigger(try key(in: item)) { rows.append(row) } }
        return rows
    }

    @Sendable private func setDisabled(_ call: Call) async throws -> Response {
        let body = try await call.bodyJSON()
        let asked = call.query.text("disabled") == nil ? nil : try call.query.flag("disabled")
        guard let disabled = body["disabled"]?.bool ?? asked else {
            throw Refusal.illegalArgument("the body must have `triggers` and `disabled`")
        }
        return try await change(try await rows(in: body)) {
            _ = try await engine.setDisabled(disabled, trigger: $0)
        }
    }

    private func change(_ rows: [TriggerState], _ act: Change) async throws -> Response {
        for row in rows { try await act(row.key) }
        return .count(rows.count)
    }
}

extension TriggerState {
    var key: TriggerKey { TriggerKey(FlowKey(namespace, flowID), triggerID) }
}

extension Backfill {
    /// `{start, end?, inputs?, labels?}`; labels as a list or a map.
    init(_ body: Value, now: Timestamp) throws(Refusal) {
        guard let text = body["start"]?.string else { throw .illegalArgument("`backfill.start` must be a date-time") }
        self.init(start: try Query.moment(text, name: "backfill.start"), end: now)
        if let text = body["end"]?.string { end = try Query.moment(text, name: "backfill.end") }
        if end < start {
            throw .illegalArgument("`backfill.end` (\(end.iso)) is before `backfill.start` (\(start.iso))")
        }
        if let given = body["inputs"]?.map { inputs = given }
        if let given = body["labels"], !given.isNull { labels = try Label.list(in: .list(FlowBody.labels(given))) }
        if let label = labels.first(where: { $0.key.hasPrefix("system.") }) {
            throw .illegalArgument(
                "System labels can only be set by Kestra itself, offending label: \(label.key)=\(label.value)")
        }
    }
}

/// The definitions of triggers as their flows' documents have them.
struct TriggerDefinitions {
    private var byFlow: [FlowKey: [String: Value]] = [:]

    init(of keys: [TriggerKey], in store: any Store) async throws {
        let flows = Set(keys.map(\.flow)).map { (key: $0, revision: Optional<Int>.none) }
        for stored in try await store.flows(flows) { byFlow[stored.head.key] = Self.all(in: stored.source) }
    }

    subscript(key: TriggerKey) -> Value? { byFlow[key.flow]?[key.id] }

    static func all(in source: String) -> [String: Value] {
        let list = FlowBody.document(source).document?["triggers"]?.list ?? []
        let named = list.compactMap { trigger in trigger["id"]?.string.map { ($0, trigger) } }
        return Dictionary(named, uniquingKeysWith: { first, _ in first })
    }
}
