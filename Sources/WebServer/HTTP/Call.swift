import FlowModel
import Hummingbird
import NIOCore

/// The name of a header; the HTTP types themselves come in through Hummingbird.
typealias HeaderName = HTTPFields.Element.Name

/// One request as a route's handler sees it.
struct Call: Sendable {
    let request: Request
    let query: Query
    let captured: Captures
    /// What the answer carries as `X-Request-Id`, and log lines as `request`.
    let id: String
    let settings: WebSettings

    /// A part of the path, decoded. - Precondition: the route's pattern names it.
    subscript(name: String) -> String { captured[name] }

    /// The path as it was asked for, without the query.
    var path: String { request.uri.path }

    func header(_ name: HeaderName) -> String? { request.headers[name] }

    /// The content type without parameters, in lower case; empty when there is none.
    var mediaType: String {
        guard let text = request.headers[.contentType] else { return "" }
        let type = text.split(separator: ";", maxSplits: 1).first ?? ""
        return String(type).trimmed.lowercased()
    }

    var isMultipart: Bool { mediaType == "multipart/form-data" }

    var isJSON: Bool { mediaType == "application/json" || mediaType.hasSuffix("+json") }

    /// The whole body. - Throws: 413 beyond the limit of the settings.
    func body() async throws -> ByteBuffer {
        try checkAnnouncedLength()
        do {
            return try await request.body.collect(upTo: settings.maxBodyBytes)
        } catch is NIOTooManyBytesError {
            throw Refusal.tooLarge(limit: settings.maxBodyBytes)
        } catch {
            throw try Self.broken(error)
        }
    }

    /// Whether there is a body at all; what was read of it is gone.
    func hasBody() async throws -> Bool {
        do {
            for try await piece in request.body where piece.readableBytes > 0 { return true }
            return false
        } catch {
            throw try Self.broken(error)
        }
    }

    /// What a body that cannot be read to its end is answered with: the client sent a wrong chunk, or less than it said.
    static func broken(_ error: any Error) throws(CancellationError) -> Refusal {
        if let error = error as? CancellationError { throw error }
        return Refusal(
            .badRequest, "The body of the request cannot be read: \(error); check its length and its chunks",
            code: "broken-body")
    }

    func bodyBytes() async throws -> [UInt8] { Array((try await body()).readableBytesView) }

    func bodyText() async throws -> String { String(buffer: try await body()) }

    /// The body as JSON. - Throws: 422 when it is none. Source: engine spec §11.1.
    func bodyJSON() async throws -> Value { try Self.json(try await bodyBytes()) }

    static func json(_ bytes: [UInt8]) throws(Refusal) -> Value {
        do throws(Problem) {
            return try JSON.parse(bytes)
        } catch {
            throw Refusal.malformed(error)
        }
    }

    /// Refuses a body that says it is too large before any of it is read.
    func checkAnnouncedLength() throws(Refusal) {
        if let text = request.headers[.contentLength], let length = Int(text), length > settings.maxBodyBytes {
            throw .tooLarge(limit: settings.maxBodyBytes)
        }
    }

    /// Where clients reach this server: as configured, else as this request did.
    var baseURL: String {
        settings.url ?? "http://" + (request.head.authority ?? "\(settings.host):\(settings.port)")
    }
}

extension StringProtocol {
    /// Without blanks, tabs and line ends at both ends.
    var trimmed: String {
        let blanks: Set<Character> = [" ", "\t", "\r", "\n", "\r\n"]
        guard let first = firstIndex(where: { !blanks.contains($0) }),
            let last = lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(self[first...last])
    }
}
