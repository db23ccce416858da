import ArgumentParser
import AsyncHTTPClient
import FlowModel
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which server a command talks to.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The server's address; SLUICE_SERVER or KESTRA_HOSTNAME when left out.", valueName: "url"))
    var server: String?

    var address: String {
        let environment = ProcessInfo.processInfo.environment
        let text = server ?? environment["SLUICE_SERVER"] ?? environment["KESTRA_HOSTNAME"] ?? "http://127.0.0.1:8080"
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// A running server, over its REST API.
struct RemoteServer: Sendable {
    let address: String
    private static let limit = 64 << 20

    init(_ options: ServerOptions) { address = options.address }

    /// The body of a successful answer as JSON; `.null` for none.
    /// - Throws: the exit code that says why there is none, after telling it on standard error.
    func get(_ path: String, _ query: [(String, String)] = []) async throws -> Value {
        try await call("GET", path, query)
    }

    func call(
        _ method: String, _ path: String, _ query: [(String, String)] = [], body: [UInt8]? = nil,
        contentType: String? = nil
    ) async throws -> Value {
        let (status, bytes) = try await send(method, path, query, body: body, contentType: contentType)
        guard (200..<300).contains(status) else { throw refusal(status, bytes) }
        return bytes.isEmpty ? .null : (try? JSON.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }

    func bytes(_ path: String, _ query: [(String, String)] = []) async throws -> [UInt8] {
        let (status, bytes) = try await send("GET", path, query)
        guard (200..<300).contains(status) else { throw refusal(status, bytes) }
        return bytes
    }

    private func send(
        _ method: String, _ path: String, _ query: [(String, String)], body: [UInt8]? = nil, contentType: String? = nil
    ) async throws -> (Int, [UInt8]) {
        var request = HTTPClientRequest(url: address + "/api/v1" + path + Self.text(query))
        request.method = .RAW(value: method)
        request.headers.add(name: "Accept", value: "application/json")
        if let contentType { request.headers.add(name: "Content-Type", value: contentType) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .hours(24))
            let collected = try await response.body.collect(upTo: Self.limit)
            return (Int(response.status.code), Array(collected.readableBytesView))
        } catch {
            Console.note(
                "error: the server at \(address) cannot be reached: \(error)\n   fix: start it with `sluice server`, or name it with --server"
            )
            throw Exit.unreachable
        }
    }

    private func refusal(_ status: Int, _ body: [UInt8]) -> ExitCode {
        let answer = try? JSON.parse(body)
        Console.note("error: \(answer?["message"]?.string ?? String(decoding: body, as: UTF8.self))")
        for error in answer?["errors"]?.list ?? [] {
            if let text = error["message"]?.string, let path = error["path"]?.string {
                Console.note("   \(path): \(text)")
            }
        }
        return switch status {
        case 401, 403: Exit.notAllowed
        case 404: Exit.notFound
        case 409: Exit.conflict
        case 400, 413, 422: Exit.usage
        default: Exit.no
        }
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

/// A `multipart/form-data` body of texts and files.
struct MultipartBody {
    private let boundary = "sluice-\(UInt64.random(in: .min ... .max))"
    private var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }
    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    mutating func add(text: String, name: String) {
        bytes += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(text)\r\n".utf8)
    }

    mutating func add(file contents: [UInt8], fileName: String, name: String) {
        bytes += Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(fileName)\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                .utf8)
        bytes += contents + Array("\r\n".utf8)
    }

    func finished() -> [UInt8] { bytes + Array("--\(boundary)--\r\n".utf8) }
}
