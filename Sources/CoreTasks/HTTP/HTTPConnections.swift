import AsyncHTTPClient
import NIOCore
import Synchronization

/// The HTTP clients of all tasks: one that follows redirects, one that does not, made when first used and shared. Requests
/// with settings of their own get a client of their own, which is closed after them.
final class HTTPConnections: Sendable {
    static let shared = HTTPConnections()

    /// No request takes longer than this; a task's own `timeout` is usually shorter.
    static let longest = TimeAmount.hours(24)

    private let clients = Mutex<[HTTPClientTraits: HTTPClient]>([:])

    /// - Parameter isCommon: whether the settings are the usual ones, whose client is kept.
    func withClient<Result>(
        _ traits: HTTPClientTraits, isCommon: Bool, _ work: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        guard !isCommon else {
            let client = clients.withLock { clients in
                if let client = clients[traits] { return client }
                let client = Self.make(traits)
                clients[traits] = client
                return client
            }
            return try await work(client)
        }
        let client = Self.make(traits)
        do {
            let result = try await work(client)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// Closes all connections. Requests that are made later open new ones.
    func close() async {
        let clients = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in clients { try? await client.shutdown() }
    }

    private static func make(_ traits: HTTPClientTraits) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            certificateVerification: traits.trustsAll ? .none : .fullVerification,
            redirectConfiguration: traits.followsRedirects ? .follow(max: 20, allowCycles: true) : .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .milliseconds(traits.connectMilliseconds), read: .milliseconds(traits.readMilliseconds)),
            decompression: .enabled(limit: .size(1 << 30)))
        if let proxy = traits.proxy {
            if proxy.isSOCKS {
                configuration.proxy = .socksServer(host: proxy.host, port: proxy.port)
            } else if let user = proxy.user {
                configuration.proxy = .server(
                    host: proxy.host, port: proxy.port,
                    authorization: .basic(username: user, password: proxy.password ?? ""))
            } else {
                configuration.proxy = .server(host: proxy.host, port: proxy.port)
            }
        }
        configuration.httpVersion = .automatic
        // A refusal is told at once; tasks have retries of their own.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }
}
