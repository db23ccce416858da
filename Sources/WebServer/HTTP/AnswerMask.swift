import EngineRuntime
import FlowModel
import Hummingbird

/// Takes the server's secrets out of its answers: JSON, events and logs. Documents and files that users store are theirs
/// and pass as they are. Source: DESIGN, secrets.
struct AnswerMask: Sendable {
    /// Shorter values would take ordinary words and member names apart.
    private static let shortest = 6
    private static let types = ["application/json", "text/event-stream", "text/plain"]

    let secrets: SecretMask

    func apply(to response: inout Response) {
        guard !secrets.isEmpty, let type = response.headers[.contentType], Self.types.contains(where: type.hasPrefix)
        else { return }
        response.headers[.contentLength] = nil
        response.body = response.body.map { buffer in
            var bytes = Array(buffer.readableBytesView)
            secrets.blot(&bytes, shortest: Self.shortest)
            return ByteBuffer(bytes: bytes)
        }
    }
}
