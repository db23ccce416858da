import FlowModel
import Hummingbird
import Storage

/// The same operation on many executions: `…/by-ids` and `…/by-query`. Source: engine spec §11.1, §11.3.
struct ExecutionBulk: Sendable {
    let engine: any EngineDoor

    /// Executions that one call may be about.
    private static let most = 100_000
    /// Executions that a refusal names.
    private static let mostTold = 1000

    /// Why an execution cannot take part; nil when it can.
    private typealias Test = @Sendable (ExecutionSnapshot) -> String?
    private typealias Act = @Sendable (ExecutionSnapshot) async throws -> Void

    var routes: [Route] {
        both("restart", "Restarts executions.", unfit: Self.mustBeFailed) { engine in
            { _ = try await engine.restart($0.execution.id, revision: nil) }
        }
            + both("resume", "Resumes executions.", unfit: Self.mustBePaused) { engine in
                { try await engine.resume($0.execution.id, inputs: [:]) }
            }
            + both("pause", "Pauses executions.", unfit: Self.mustBeRunning) { engine in
                { try await engine.pause($0.execution.id) }
            }
            + both("unqueue", "Lets queued executions run.", unfit: Self.mustBeQueued) { engine in
                { _ = try await engine.unqueue($0.execution.id) }
            }
            + both("force-run", "Lets executions run, whatever they wait for.", unfit: Self.mustBeOpen) { engine in
                { _ = try await engine.forceRun($0.execution.id) }
            }
            + kills + replays + labels + statuses + deletions
    }

    private static let mustBeFailed: Test = {
        $0.execution.state.current == .failed ? nil : "execution not in state FAILED"
    }
    private static let mustBePaused: Test = {
        $0.execution.state.current == .paused ? nil : "execution not in state PAUSED"
    }
    private static let mustBeRunning: Test = {
        $0.execution.state.current.isRunning ? nil : "execution not in state RUNNING"
    }
    private static let mustBeQueued: Test = {
        $0.execution.state.current == .queued ? nil : "execution not in state QUEUED"
    }
    private static let mustBeOpen: Test = { $0.execution.state.current.isTerminated ? "execution is terminated" : nil }
    private static let mustBeTerminated: Test = {
        $0.execution.state.current.isTerminated ? nil : "execution is not terminated"
    }
    private static let any: Test = { _ in nil }

    // MARK: routes

    private func both(
        _ name: String, _ about: String, unfit: @escaping Test, _ act: @escaping @Sendable (any EngineDoor) -> Act
    ) -> [Route] {
        [
            .post("/executions/\(name)/by-ids", about) { call in
                try await perform(try await named(in: call.bodyJSON(), for: name), name, unfit, act(engine))
            },
            .post("/executions/\(name)/by-query", about) { call in
                try await perform(try await found(call), name, unfit, act(engine))
            },
        ]
    }

    private var kills: [Route] {
        let act: @Sendable (Call) throws -> Act = { call in
            let cascade = try call.query.flag("isOnKillCascade")
            return { try await engine.kill($0.execution.id, cascade: cascade) }
        }
        return [
            .delete("/executions/kill/by-ids", "Kills executions.") { call in
                try await perform(
                    try await named(in: call.bodyJSON(), for: "kill"), "kill", Self.mustBeOpen, try act(call))
            },
            .delete("/executions/kill/by-query", "Kills the executions found.") { call in
                try await perform(try await found(call), "kill", Self.mustBeOpen, try act(call))
            },
        ]
    }

    private var replays: [Route] {
        let act: @Sendable (Call) throws -> Act = { call in
            let latest = try call.query.flag("latestRevision")
            return { snapshot in
                var order = ReplayOrder()
                if latest {
                    let flow = FlowKey(snapshot.execution.namespace, snapshot.execution.flowID)
                    order.revision = try await engine.store.flow(flow, revision: nil, evenDeleted: false)?.head.revision
                }
                _ = try await engine.replay(snapshot.execution.id, order)
            }
        }
        return [
            .post("/executions/replay/by-ids", "Replays executions.") { call in
                try await perform(
                    try await named(in: call.bodyJSON(), for: "replay"), "replay", Self.any, try act(call))
            },
            .post("/executions/replay/by-query", "Replays the executions found.") { call in
                try await perform(try await found(call), "replay", Self.any, try act(call))
            },
        ]
    }

    /// By ids: `{executionsId, executionLabels}`; by query: the labels alone.
    private var labels: [Route] {
        [
            .post("/executions/labels/by-ids", "Sets labels of executions.") { call in
                let body = try await call.bodyJSON()
                let labels = try Label.list(in: body["executionLabels"] ?? .null)
                return try await perform(
                    try await named(in: body["executionsId"] ?? .null, for: "labels"), "labels", Self.mustBeTerminated
                ) { _ = try await engine.changeLabels(of: $0.execution.id, to: labels) }
            },
            .post("/executions/labels/by-query", "Sets labels of the executions found.") { call in
                let labels = try Label.list(in: try await call.bodyJSON())
                return try await perform(try await found(call), "labels", Self.mustBeTerminated) {
                    _ = try await engine.changeLabels(of: $0.execution.id, to: labels)
                }
            },
        ]
    }

    private var statuses: [Route] {
        let act: @Sendable (Call) throws -> Act = { call in
            let state = try State.read(try call.query.required("newStatus"))
            return { _ = try await engine.changeStatus(of: $0.execution.id, to: state) }
        }
        return [
            .post("/executions/change-status/by-ids", "Sets the state of executions that have ended.") { call in
                try await perform(
                    try await named(in: call.bodyJSON(), for: "change-status"), "change-status", Self.mustBeTerminated,
                    try act(call))
            },
            .post("/executions/change-status/by-query", "Sets the state of the ended executions found.") { call in
                try await perform(try await found(call), "change-status", Self.mustBeTerminated, try act(call))
            },
        ]
    }

    private var deletions: [Route] {
        let act: @Sendable (Call) throws -> (Test, Act) = { call in
            let (logs, metrics) = (
                try call.query.flag("deleteLogs", default: true), try call.query.flag("deleteMetrics", default: true)
            )
            let files = try call.query.flag("deleteStorage", default: true)
            let test = try call.query.flag("includeNonTerminated") ? Self.any : Self.mustBeTerminated
            return (test, { try await engine.delete($0.execution.id, logs: logs, metrics: metrics, files: files) })
        }
        return [
            .delete("/executions/by-ids", "Deletes executions.") { call in
                let (test, delete) = try act(call)
                return try await perform(try await named(in: call.bodyJSON(), for: "delete"), "delete", test, delete)
            },
            .delete("/executions/by-query", "Deletes the executions found.") { call in
                let (test, delete) = try act(call)
                return try await perform(try await found(call), "delete", test, delete)
            },
        ]
    }

    // MARK: choosing and doing

    /// The executions of a list of ids. - Throws: 400 naming those that do not exist.
    private func named(in body: Value, for operation: String) async throws -> [ExecutionID] {
        guard let texts = body.list else { throw Refusal.illegalArgument("the body must be a list of execution ids") }
        var ids: [ExecutionID] = []
        var missing: [(String, String)] = []
        for text in texts.map({ $0.plain() }) {
            if let id = ExecutionID(text), try await engine.snapshot(of: id) != nil {
                ids.append(id)
            } else {
                missing.append((text, "execution not found"))
            }
        }
        if !missing.isEmpty { throw Self.unsuitable(missing, of: texts.count, operation) }
        return ids
    }

    private func found(_ call: Call) async throws -> [ExecutionID] {
        try BulkQuery.executions.check(call.query)
        guard let query = try await ExecutionQuery.read(call, engine: engine) else { return [] }
        return try await engine.store.executionIDs(query, limit: Self.most)
    }

    /// Does it to all, or to none when one of them is not fit for it. One execution is held in memory at a time; when the
    /// server stops, so does this.
    private func perform(
        _ ids: [ExecutionID], _ operation: String, _ unfit: @escaping Test, _ act: @escaping Act
    ) async throws -> Response {
        try await engine.untilStopping("\(operation) was done for some of the executions only") {
            var unsuitable: [(String, String)] = []
            for id in ids {
                try Task.checkCancellation()
                if let snapshot = try await engine.snapshot(of: id), let why = unfit(snapshot) {
                    unsuitable.append((id.description, why))
                }
            }
            if !unsuitable.isEmpty { throw Self.unsuitable(unsuitable, of: ids.count, operation) }
            var count = 0
            for id in ids {
                try Task.checkCancellation()
                guard let snapshot = try await engine.snapshot(of: id) else { continue }  // deleted meanwhile
                try await act(snapshot)
                count += 1
            }
            return .count(count)
        }
    }

    /// - Parameter those: at least one.
    private static func unsuitable(
        _ those: [(id: String, why: String)], of count: Int, _ operation: String
    ) -> Refusal {
        let reason = those.first.map { "; \($0.id): \($0.why)" } ?? ""
        var refusal = Refusal(
            .badRequest,
            "invalid bulk \(operation): nothing was done, for \(those.count) of \(count) cannot take part\(reason)",
            code: "invalid-bulk")
        refusal.more["invalids"] = .list(
            those.prefix(mostTold).map {
                ["message": .string($0.why), "invalidValue": .string($0.id), "propertyPath": "execution"]
            })
        return refusal
    }
}
