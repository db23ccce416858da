import FlowModel
import Hummingbird
import ServiceLifecycle
import TaskKit

/// Server-sent events: one answer that goes on until the source ends, the client leaves or the server stops.
/// Source: engine spec §11.3, ux spec §5.
struct EventPump<Item: Sendable>: Sendable {
    enum Step: Sendable {
        case item(Item)
        /// A while has gone by; the connection may need a sign of life.
        case beat
        /// The source has ended by itself.
        case end
    }

    typealias Send = (ByteBuffer) async throws -> Void

    let source: AsyncStream<Item>
    /// Which items are dropped when a client reads more slowly than things happen; the end never is.
    let policy: AsyncStream<Step>.Continuation.BufferingPolicy
    let clock: any FlowClock
    /// Whether the answer ends with its source, or stays open for a client that would only come again.
    var endsWithSource = true
    /// Sends what a step is told by.
    let tell: @Sendable (Step, Send) async throws -> Void

    private static var silence: ISODuration { .seconds(15) }

    func response(to request: Request) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/event-stream"
        headers[.cacheControl] = "no-cache"
        headers[HeaderName("X-Accel-Buffering")!] = "no"
        headers[.connection] = "close"  // whoever listens for the client to leave cannot take another request
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let (steps, continuation) = AsyncStream.makeStream(of: Step.self, bufferingPolicy: policy)
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await run(steps, continuation) { try await writer.write($0) }
                } onInboundClosed: {
                    continuation.finish()
                }
                try await writer.finish(nil)
            })
    }

    private func run(
        _ steps: AsyncStream<Step>, _ continuation: AsyncStream<Step>.Continuation, _ send: Send
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                await withGracefulShutdownHandler {
                    for await item in source { continuation.yield(.item(item)) }
                    if Task.isCancelled || !endsWithSource { return }
                    continuation.yield(.end)
                    continuation.finish()
                } onGracefulShutdown: {
                    continuation.finish()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    do { try await clock.sleep(until: clock.now.advanced(by: Self.silence)) } catch { return }
                    continuation.yield(.beat)
                }
            }
            for await step in steps { try await tell(step, send) }
        }
    }
}

/// The text of one server-sent event.
enum ServerEvent {
    static let heartbeat = ByteBuffer(string: ": still here\n\n")

    /// - Parameters:
    ///   - name: the `event` field, if any.
    ///   - data: one line, such as compact JSON.
    static func bytes(id: String, name: String? = nil, data: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(data.count + id.utf8.count + 32)
        buffer.writeString("id: \(id)\n")
        if let name { buffer.writeString("event: \(name)\n") }
        buffer.writeString("data: ")
        buffer.writeBytes(data)
        buffer.writeString("\n\n")
        return buffer
    }
}
