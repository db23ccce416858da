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
        let texts = secrets.texts.filter { $0.utf8.count >= Self.shortest }
        guard !texts.isEmpty, let type = response.headers[.contentType], Self.types.contains(where: type.hasPrefix)
        else { return }
        // As they stand within JSON, and as they are.
        let patterns = Set(
            texts.flatMap { [Array($0.utf8), Array(Value.string($0).jsonText().dropFirst().dropLast().utf8)] }
        )
        .sorted { $0.count > $1.count }
        response.headers[.contentLength] = nil
        response.body = response.body.map { buffer in
            var bytes = Array(buffer.readableBytesView)
            for pattern in patterns { Self.blot(pattern, in: &bytes) }
            return ByteBuffer(bytes: bytes)
        }
    }

    private static func blot(_ pattern: [UInt8], in bytes: inout [UInt8]) {
        guard let first = pattern.first, bytes.count >= pattern.count else { return }
        var index = 0
        while index <= bytes.count - pattern.count {
            if bytes[index] == first, bytes[index..<(index + pattern.count)].elementsEqual(pattern) {
                for position in index..<(index + pattern.count) { bytes[position] = UInt8(ascii: "*") }
                index += pattern.count
            } else {
                index += 1
            }
        }
    }
}
