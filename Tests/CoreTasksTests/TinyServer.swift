import FlowModel
import Glibc
import Synchronization

@testable import CoreTasks

/// An HTTP server for tests: one request a connection, answered by a function.
final class TinyServer: Sendable {
    struct Request: Sendable {
        var method: String
        var target: String
        var headers: [String: String]
        var body: String
    }

    struct Answer: Sendable {
        var status = "200 OK"
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// Announced instead of the body's true length.
        var length: Int?

        init(
            _ body: String = "", status: String = "200 OK", headers: [(String, String)] = [], length: Int? = nil
        ) {
            self.status = status
            self.headers = headers
            self.body = Array(body.utf8)
            self.length = length
        }
    }

    let port: UInt16
    var url: String { "http://127.0.0.1:\(port)" }
    private let listener: Int32
    private let answer: @Sendable (Request) -> Answer
    private let seen = Mutex<[Request]>([])

    var requests: [Request] { seen.withLock { $0 } }

    init(_ answer: @escaping @Sendable (Request) -> Answer) {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener) = listener
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(listener, generic, length) == 0 && listen(listener, 64) == 0)
                getsockname(listener, generic, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }

    /// Serves while `work` is done.
    func serving<Result: Sendable>(_ work: @Sendable (TinyServer) async throws -> Result) async throws -> Result {
        async let loop: Void = BlockingThreads.shared.run { self.serve() }
        do {
            let result = try await work(self)
            shutdown(listener, Int32(SHUT_RDWR))
            await loop
            return result
        } catch {
            shutdown(listener, Int32(SHUT_RDWR))
            await loop
            throw error
        }
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            if connection < 0 { break }
            if let request = Self.read(connection) {
                seen.withLock { $0.append(request) }
                let answer = answer(request)
                var head =
                    "HTTP/1.1 \(answer.status)\r\nConnection: close\r\nContent-Length: \(answer.length ?? answer.body.count)\r\n"
                for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
                let bytes = Array((head + "\r\n").utf8) + answer.body
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            }
            close(connection)
        }
        close(listener)
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let lines = text[..<end.lowerBound].split(separator: "\r\n")
            let first = lines[0].split(separator: " ")
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let pair = line.split(separator: ":", maxSplits: 1)
                headers[pair[0].lowercased()] = String(pair[1]).trimmingBlanks
            }
            let body = text[end.upperBound...]
            if body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 {
                return Request(method: String(first[0]), target: String(first[1]), headers: headers, body: String(body))
            }
        }
    }
}
