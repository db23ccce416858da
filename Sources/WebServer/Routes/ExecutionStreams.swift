import FlowModel
import Hummingbird
import Storage

/// `GET /executions/{id}/follow`: an execution as it goes on. Source: engine spec §11.3, ux spec §5.
struct ExecutionStreams: Sendable {
    let engine: any EngineDoor

    /// How long an id that is not known yet is waited for.
    static let patience = ISODuration.seconds(10)

    var routes: [Route] {
        [.get("/executions/{id}/follow", "Server-sent events: the execution after each change.", handler: follow)]
    }

    @Sendable private func follow(_ call: Call) async throws -> Response {
        guard let id = ExecutionID(call["id"]) else { throw Refusal.notFound("Execution not found: \(call["id"])") }
        let first = try await awaitExecution(id)
        let changes = first.isOpen ? try await engine.follow(id) : AsyncStream { $0.finish() }
        let (engine, numbers) = (engine, try EventNumbers(call))
        return EventPump(source: changes, policy: .bufferingNewest(16), clock: engine.clock) { step, send in
            switch step {
            case .item(let snapshot): try await send(await numbers.event("progress", snapshot, at: engine.clock.now))
            case .beat: try await send(ServerEvent.heartbeat)
            case .end:
                guard let last = first.isOpen ? try await engine.snapshot(of: id) : first else { return }
                try await send(await numbers.event("end", last, at: engine.clock.now))
            }
        }.response(to: call.request)
    }

    /// The execution, waiting a little for one that is only just being made.
    private func awaitExecution(_ id: ExecutionID) async throws -> ExecutionSnapshot {
        let deadline = engine.clock.now.advanced(by: Self.patience)
        while true {
            if let snapshot = try await engine.snapshot(of: id) { return snapshot }
            if engine.clock.now >= deadline { throw Refusal.notFound("Execution not found: \(id)") }
            try await engine.clock.sleep(until: engine.clock.now.advanced(by: .milliseconds(200)))
        }
    }
}

/// The ids of events: the words that older clients read, or, with `?cursor=true`, numbers by which a reconnect goes on.
actor EventNumbers {
    private let isNumbered: Bool
    private let tellsTaskRuns: Bool
    private var number: Int

    init(_ call: Call) throws(Refusal) {
        tellsTaskRuns = try call.query.flag("taskRuns", default: true)
        isNumbered = call.query.text("cursor") == "true"
        let last = call.header(HeaderName("Last-Event-ID")!).flatMap(Int.init)
        number = isNumbered ? last ?? 0 : 0
    }

    /// The event itself; its kind stands in `event` where the id is a number.
    func event(_ kind: String, _ snapshot: ExecutionSnapshot, at now: Timestamp) -> ByteBuffer {
        let body = ExecutionBody(snapshot, now: now, taskRuns: tellsTaskRuns).bytes
        if !isNumbered { return ServerEvent.bytes(id: kind, data: body) }
        number += 1
        return ServerEvent.bytes(id: String(number), name: kind, data: body)
    }
}
