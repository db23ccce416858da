import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Requests to Git servers: with credentials, deadlines and limits, and errors said in our words.
final class HTTPExchange: Sendable {
    static let agent = "git/2.40-sluice"

    struct Answer {
        var body: [UInt8]
        /// The address of the repository after redirects.
        var base: String
    }

    private let clients = HTTPClients()

    /// Asks for `base` + `path`; follows redirects, without credentials to other machines.
    func get(
        _ base: String, _ path: String, version2: Bool, _ connection: Connection, expecting type: String
    ) async throws(GitError) -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.headers.add(name: "accept", value: "*/*")
        let deadline = connection.connectTimeout + connection.readTimeout
        let response = try await send(request, version2: version2, connection, deadline: deadline)
        try expect(type, response, connection)
        var answered = base
        if let last = response.history.last?.request.url, last.hasSuffix(path) {
            answered = String(last.dropLast(path.count))
        }
        return Answer(body: try await collect(response, connection), base: answered)
    }

    /// Posts to an upload service and collects the short answer.
    func post(_ service: UploadService, _ body: [UInt8], _ connection: Connection) async throws(GitError) -> [UInt8] {
        try await post(
            service.base + "/git-upload-pack", "application/x-git-upload-pack-request", body, version2: true,
            connection,
            expecting: "application/x-git-upload-pack-result"
        )
    }

    func post(
        _ url: String, _ type: String, _ body: [UInt8], version2: Bool, _ connection: Connection,
        expecting expected: String
    ) async throws(GitError) -> [UInt8] {
        let deadline = version2 ? connection.connectTimeout + connection.readTimeout : GitLimits.wallClock
        let response = try await send(
            posting(url, type, expected, body), version2: version2, connection, deadline: deadline
        )
        try expect(expected, response, connection)
        return try await collect(response, connection)
    }

    /// Posts a fetch and hands the answer over as it arrives; silence longer than the read timeout ends it.
    func stream(
        _ service: UploadService, _ body: [UInt8], _ connection: Connection,
        _ take: (ByteBuffer) throws(GitError) -> Void
    ) async throws(GitError) {
        let type = "application/x-git-upload-pack-result"
        let request = posting(
            service.base + "/git-upload-pack", "application/x-git-upload-pack-request", type, body
        )
        let response = try await send(request, version2: true, connection, deadline: GitLimits.wallClock)
        try expect(type, response, connection)
        var chunks = response.body.makeAsyncIterator()
        let start = ContinuousClock.now
        while true {
            guard start.duration(to: .now) < GitLimits.wallClock else {
                throw GitError(
                    .unreachable,
                    "\(connection.url.machine) did not finish within \(GitLimits.wallClock.components.seconds) s")
            }
            let chunk: ByteBuffer?
            do {
                chunk = try await chunks.next()
            } catch {
                throw TransportTrouble.told(error, connection)
            }
            guard let chunk else { return }
            try take(chunk)
        }
    }

    private func posting(_ url: String, _ type: String, _ expected: String, _ body: [UInt8]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: type)
        request.headers.add(name: "accept", value: expected)
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    private func send(
        _ request: HTTPClientRequest, version2: Bool, _ connection: Connection, deadline: Duration
    ) async throws(GitError) -> HTTPClientResponse {
        var request = request
        request.headers.add(name: "user-agent", value: Self.agent)
        if version2 { request.headers.add(name: "git-protocol", value: "version=2") }
        if let authorization = connection.authorization {
            request.headers.add(name: "authorization", value: authorization)
        }
        if let path = connection.trustedAuthorities {
            request.tlsConfiguration = .makeClientConfiguration()
            request.tlsConfiguration?.additionalTrustRoots = [.file(path)]
        }
        do {
            let amount = TimeAmount.nanoseconds(
                deadline.components.seconds * 1_000_000_000 + deadline.components.attoseconds / 1_000_000_000
            )
            let client = clients.client(connect: connection.connectTimeout, read: connection.readTimeout)
            return try await client.execute(request, deadline: .now() + amount)
        } catch {
            throw TransportTrouble.told(error, connection)
        }
    }

    private func expect(_ type: String, _ response: HTTPClientResponse, _ connection: Connection) throws(GitError) {
        let url = connection.url
        switch response.status.code {
        case 200:
            guard response.headers.first(name: "content-type")?.hasPrefix(type) == true else {
                throw GitError(
                    .protocolTrouble, "\(url) does not answer as a Git server does",
                    fix: "check the url of the repository"
                )
            }
        case 401, 403:
            throw GitError(
                .notAuthorized, "not authorized: \(url) answered \(response.status.code)",
                fix: connection.login == nil
                    ? "set both username and password (a token with access to the repository)"
                    : "check that the username and password (token) are right and may use this repository"
            )
        case 404, 410:
            throw GitError(
                .noRepository, "\(url) was not found",
                fix: "check the url; a private repository also answers so to a wrong or missing token"
            )
        case 408, 429, 500...599:
            throw GitError(.unreachable, "\(url) answered \(response.status.code): the server has trouble")
        default:
            throw GitError(.protocolTrouble, "\(url) answered \(response.status.code)")
        }
    }

    private func collect(_ response: HTTPClientResponse, _ connection: Connection) async throws(GitError) -> [UInt8] {
        do {
            return Array(buffer: try await response.body.collect(upTo: 64 << 20))
        } catch is NIOTooManyBytesError {
            throw GitError(.tooMuch, "\(connection.url) lists too many refs")
        } catch {
            throw TransportTrouble.told(error, connection)
        }
    }
}

/// Clients by their timeouts: most connections share one.
private final class HTTPClients: Sendable {
    private struct Key: Hashable {
        var connect: Duration
        var read: Duration
    }

    private let made = Mutex<[Key: HTTPClient]>([:])

    func client(connect: Duration, read: Duration) -> HTTPClient {
        let key = Key(connect: connect, read: read)
        return made.withLock { made in
            if let client = made[key] { return client }
            // Flows choose the timeouts: nobody gets to make clients without end.
            if made.count >= 8, let any = made.values.first { return any }
            var configuration = HTTPClient.Configuration()
            configuration.timeout.connect = .milliseconds(connect.milliseconds)
            configuration.timeout.read = .milliseconds(read.milliseconds)
            configuration.httpVersion = .http1Only
            // A refused connection is told at once, not after the connect timeout.
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            made[key] = client
            return client
        }
    }

    deinit { made.withLock { $0.values.forEach { client in client.shutdown { _ in } } } }
}

extension Duration {
    fileprivate var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
