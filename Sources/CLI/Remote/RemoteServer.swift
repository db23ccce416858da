import ArgumentParser
import AsyncHTTPClient
import FlowModel
import NIOCore

/// A running server, over its REST API.
struct RemoteServer: Sendable {
    let address: String
    private static let limit = 64 << 20
    /// A server that does not listen is told at once; it lives as long as the program.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// - Throws: exit code 2 when the options name no address.
    init(_ options: ServerOptions) throws { address = try options.address }

    /// The body of a successful answer as JSON; `.null` for none.
    /// - Throws: the exit code that says why there is none, after telling it on standard error.
    func get(_ path: String, _ query: [(String, String)] = []) async throws -> Value {
        try await call("GET", path, query)
    }

    func call(
        _ method: String, _ path: String, _ query: [(String, String)] = [], body: [UInt8]? = nil,
        contentType: String? = nil
    ) async throws -> Value {
        let answer = try await send(method, path, query, body: body, contentType: contentType)
        return try Self.value(try await successful(answer))
    }

    /// The same, but nil for what does not exist.
    func find(_ path: String, _ query: [(String, String)] = []) async throws -> Value? {
        let answer = try await send("GET", path, query)
        if answer.status == 404 { return .none }  // `nil` alone would be the value null
        return .some(try Self.value(try await successful(answer)))
    }

    /// The pieces of a successful answer, one after the other as they arrive: nothing bounds their sum.
    func stream(
        _ path: String, _ query: [(String, String)] = [], headers: [(String, String)] = []
    ) async throws -> HTTPClientResponse.Body {
        let answer = try await send("GET", path, query, headers: headers)
        guard (200..<300).contains(answer.status) else {
            throw refusal(answer.status, try await collected(answer))
        }
        return answer.body
    }

    /// What a connection that fell away says.
    func lost(_ error: any Error) -> ExitCode {
        Exit.told("the answer of \(address) broke off: \(Self.reason(error))", Exit.unreachable)
    }

    private struct Answer {
        var status: Int
        var body: HTTPClientResponse.Body
    }

    private func send(
        _ method: String, _ path: String, _ query: [(String, String)], body: [UInt8]? = nil,
        contentType: String? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address + "/api/v1" + path + Self.text(query))
        request.method = .RAW(value: method)
        request.headers.add(name: "Accept", value: "application/json, text/event-stream")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let contentType { request.headers.add(name: "Content-Type", value: contentType) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await Self.client.execute(request, timeout: .hours(24))
            for warning in response.headers["Sluice-Warning"] { Console.note("warning: \(warning)") }
            return Answer(status: Int(response.status.code), body: response.body)
        } catch {
            throw Exit.told(
                "the server at \(address) cannot be reached: \(Self.reason(error))",
                fix: "start it with `sluice server`, or name it with --server", Exit.unreachable)
        }
    }

    private func collected(_ answer: Answer) async throws -> [UInt8] {
        do {
            return Array(try await answer.body.collect(upTo: Self.limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Exit.told(
                "the answer of \(address) is larger than \(Self.limit >> 20) MiB",
                fix: "ask for less, such as with --limit"
            )
        } catch {
            throw lost(error)
        }
    }

    private func successful(_ answer: Answer) async throws -> [UInt8] {
        let bytes = try await collected(answer)
        guard (200..<300).contains(answer.status) else { throw refusal(answer.status, bytes) }
        return bytes
    }

    private static func value(_ bytes: [UInt8]) throws -> Value {
        bytes.isEmpty ? .null : (try? JSON.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }

    private func refusal(_ status: Int, _ body: [UInt8]) -> ExitCode {
        let answer = try? JSON.parse(body)
        var text = answer?["message"]?.string ?? String(decoding: body, as: UTF8.self)
        if text.hasPrefix("Not Found: ") { text.removeFirst(11) }  // what follows says so again
        Console.note("error: \(text.isEmpty ? "the server at \(address) answers with status \(status)" : text)")
        for error in answer?["errors"]?.list ?? [] {
            if let inner = error["message"]?.string, let path = error["path"]?.string, !text.contains(inner) {
                Console.note("   \(path): \(inner)")
            }
        }
        return switch status {
        case 401, 403: Exit.notAllowed
        case 404: Exit.notFound
        case 409: Exit.conflict
        case 400, 413, 422: Exit.usage
        case 502, 503, 504: Exit.unreachable
        default: Exit.no
        }
    }

    /// An error of the network in a few words.
    private static func reason(_ error: any Error) -> String {
        let text = String(describing: error)
        let known = [
            ("onnection refused", "nobody listens there"), ("onnectTimeout", "it does not answer"),
            ("deadlineExceeded", "it does not answer"), ("Connection reset", "the connection was reset"),
            ("remoteConnectionClosed", "the connection was closed"),
            ("handshakeFailed", "the TLS handshake failed; does it speak https?"),
            ("DNS error", "there is no such host"), ("UnknownHost", "there is no such host"),
        ]
        return known.first { text.contains($0.0) }?.1 ?? text
    }

    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }

    private static func text(_ query: [(String, String)]) -> String {
        query.isEmpty ? "" : "?" + query.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }
}
