import FlowModel
import Hummingbird
import Storage
import TaskKit

/// `/logs`: the lines that executions wrote. Source: engine spec §11.4.
struct LogRoutes: Sendable {
    let engine: any EngineDoor

    /// Lines deleted at a time.
    private static let batch = 1000

    var routes: [Route] {
        [
            .get("/logs/search", "Finds log lines.", handler: search),
            .get("/logs/{id}", "Lines of an execution, all or a page of them.", handler: list),
            .get("/logs/{id}/download", "Lines of an execution as a text.", handler: download),
            .get("/logs/{id}/follow", "Server-sent events: the lines there are, then new ones.", handler: follow),
            .delete("/logs/{id}", "Deletes lines of an execution.", handler: delete),
            .delete(
                "/logs/{namespace}/{flow}", "Deletes the lines of a flow, or of a trigger of it.", handler: deleteOfFlow
            ),
        ]
    }

    @Sendable private func search(_ call: Call) async throws -> Response {
        let page = try call.page()
        let common = try CommonFilters(call, now: engine.clock.now)
        guard let namespace = try await common.namespace?.filter(among: engine.store.namespaces) else {
            return .json(["results": [], "total": 0])
        }
        var query = LogQuery()
        query.namespace = namespace
        query.flowIDs = common.flowIDs
        query.text = common.text
        query.startDate = common.startDate
        query.endDate = common.endDate
        query.triggerID = call.query.text("triggerId")
        if let level = call.query.text("minLevel") ?? call.query.text("level") {
            query.minLevel = try LogLevel.read(level)
        }
        for filter in common.others {
            switch (filter.field, filter.operation) {
            case ("level", .equals), ("level", .atLeast), ("minLevel", _):
                query.minLevel = try LogLevel.read(filter.value)
            case ("level", .isIn): query.levels = try filter.values.map(LogLevel.read)
            case ("level", .notEquals), ("level", .isNotIn):
                let excluded = try filter.values.map(LogLevel.read)
                query.levels = LogLevel.allCases.filter { !excluded.contains($0) }
            case ("triggerId", .equals): query.triggerID = filter.value
            case ("level", _), ("triggerId", _): throw filter.unsupported
            default: throw Refusal.illegalArgument("there is no filter `\(filter.field)` for logs")
            }
        }
        if let sort = try call.sort() {
            guard sort.field == "timestamp" else { throw Call.badSort(sort.field) }
            query.descending = sort.descending
        }
        let found = try await engine.store.logs(query, page)
        return .json { $0.page(found.items, total: found.total) { LogBody(line: $0).write(to: &$1) } }
    }

    @Sendable private func list(_ call: Call) async throws -> Response { try await reading(call).json() }

    @Sendable private func download(_ call: Call) async throws -> Response { try await reading(call).text() }

    /// `after`, the `index` of the last line a client has, and `size` cut a long log into pages.
    private func reading(_ call: Call) async throws -> LogReading {
        let (id, filter) = try await selection(call)
        return LogReading(
            store: engine.store, id: id, filter: filter, after: try call.query.int("after", in: -1...Int.max),
            size: try call.query.int("size", in: 1...Int.max))
    }

    /// The execution and the lines of it that are meant; an execution without lines, or none at all, has an empty log.
    private func selection(_ call: Call) async throws -> (ExecutionID, LogFilter) {
        guard let id = ExecutionID(call["id"]) else { throw Refusal.notFound("Execution not found: \(call["id"])") }
        var filter = LogFilter()
        if let level = call.query.text("minLevel") { filter.minLevel = try LogLevel.read(level) }
        filter.taskID = call.query.text("taskId")
        filter.attempt = try call.query.int("attempt", in: 0...Int.max)
        if let text = call.query.text("taskRunId") {
            let number = try await engine.snapshot(of: id)?.number(ofTaskRun: text)
            guard let number else { throw Refusal.notFound("Task run not found: \(text)") }
            filter.taskRun = number
        }
        return (id, filter)
    }

    /// Each line is an event. With `cursor=true` its id is the line's number, by which a reconnect goes on, and an event `end`
    /// with the number of lines closes the stream; without, it stays open as older clients expect.
    @Sendable private func follow(_ call: Call) async throws -> Response {
        let (id, filter) = try await selection(call)
        let isNumbered = try call.query.flag("cursor")
        let seen = isNumbered ? call.header(HeaderName("Last-Event-ID")!).flatMap(Int.init) : nil
        let tail = LogTail(store: engine.store, id: id, filter: filter, last: seen, isNumbered: isNumbered)
        let changes = try await engine.followLogs(of: id)
        return EventPump(
            source: changes, policy: .bufferingNewest(2), clock: engine.clock, endsWithSource: isNumbered
        ) { step, send in
            var isNew = false
            while let lines = try await tail.next() {
                try await send(lines)
                isNew = true
            }
            switch step {
            case .item: break
            case .beat: if !isNew { try await send(ServerEvent.heartbeat) }
            case .end:
                let count = await (tail.last ?? -1) + 1
                try await send(ServerEvent.bytes(id: "\(count)", name: "end", data: Array("{\"count\":\(count)}".utf8)))
            }
        }.response(to: call.request)
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let (id, filter) = try await selection(call)
        _ = try await engine.store.deleteLogs(of: id, filter)
        return .empty()
    }

    @Sendable private func deleteOfFlow(_ call: Call) async throws -> Response {
        var query = LogQuery()
        query.flows = [FlowKey(call["namespace"], call["flow"])]
        query.triggerID = call.query.text("triggerId")
        while try await engine.store.purgeLogs(query, limit: Self.batch) == Self.batch {}
        return .empty()
    }
}

extension LogLevel {
    static func read(_ text: String) throws(Refusal) -> LogLevel {
        guard let level = LogLevel(name: text) else {
            throw .illegalArgument(
                "`\(text)` is no level; use one of \(LogLevel.allCases.map(\.name).joined(separator: ", "))")
        }
        return level
    }
}

/// Where a follower is in a log. Lines are always read from the store, so none is lost or told twice however slow it is.
actor LogTail {
    private let store: any Store
    private let id: ExecutionID
    private let filter: LogFilter
    private let isNumbered: Bool
    private(set) var last: Int?

    init(store: any Store, id: ExecutionID, filter: LogFilter, last: Int?, isNumbered: Bool) {
        self.store = store
        self.id = id
        self.filter = filter
        self.last = last
        self.isNumbered = isNumbered
    }

    /// Events for the next lines, some hundreds at most; nil when there are none.
    func next() async throws -> ByteBuffer? {
        let lines = try await store.logs(of: id, after: last, filter, limit: 500)
        guard let newest = lines.last else { return nil }
        last = newest.number
        var buffer = ByteBuffer()
        for line in lines {
            let name = isNumbered ? String(line.number) : "progress"
            buffer.writeImmutableBuffer(ServerEvent.bytes(id: name, data: LogBody(line: line).bytes))
        }
        return buffer
    }
}
