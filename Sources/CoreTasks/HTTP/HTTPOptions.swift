import FlowModel
import TaskKit

/// How a request is made. The flat members are those of old; where both forms are given the nested one counts.
/// Source: engine spec §6.6, since-0.20 §3.1.
struct HTTPOptions: PropertyGroup {
    struct Timeout: PropertyGroup {
        @Property("How long to wait for a connection.")
        var connectTimeout: ISODuration?

        @Property("How long to wait for the next piece of an answer.")
        var readIdleTimeout: ISODuration?
    }

    struct Proxy: PropertyGroup {
        @Property("DIRECT for no proxy, HTTP or SOCKS.")
        var type: ProxyKind = .http

        @Property("The proxy's host name or address.")
        var address: String?

        @Property("The proxy's port.")
        var port: Int?

        @Property("The user's name at the proxy.")
        var username: String?

        @Property("The user's password at the proxy.")
        var password: String?
    }

    enum ProxyKind: String, PropertyChoice { case direct = "DIRECT", http = "HTTP", socks = "SOCKS" }

    struct Auth: PropertyGroup {
        @Property("BASIC with username and password, or BEARER with token.")
        var type: AuthKind?

        @Property("The user's name.")
        var username: String?

        @Property("The user's password.")
        var password: String?

        @Property("The token.")
        var token: String?
    }

    enum AuthKind: String, PropertyChoice { case basic = "BASIC", bearer = "BEARER", digest = "DIGEST" }

    enum Part: String, PropertyChoice {
        case requestHeaders = "REQUEST_HEADERS", requestBody = "REQUEST_BODY"
        case responseHeaders = "RESPONSE_HEADERS", responseBody = "RESPONSE_BODY"
    }

    @Property("How long to wait.")
    var timeout: Timeout?

    @Property("A proxy to go through.")
    var proxy: Proxy?

    @Property("How to say who is asking.")
    var auth: Auth?

    @Property("How servers are trusted.")
    var ssl: SSLOptions?

    @Property("Whether to go where the server sends on to.")
    var followRedirects = true

    @Property("Whether a status of 400 and more is no failure.")
    var allowFailed = false

    @Property("Statuses of 400 and more that are no failure.")
    var allowedResponseCodes: [Int]?

    @Property("What a text without a character set of its own is read as.")
    var defaultCharset = "UTF-8"

    @Property("Parts of the exchange to log at DEBUG.")
    var logs: [Part]?

    @Property("The most bytes that an answer may have.")
    var maxContentLength: Int?

    @Property("Not used.")
    var enabledTcpExtendedKeepAlive: Bool?

    @Property(deprecated: "Now `timeout.connectTimeout`.")
    var connectTimeout: ISODuration? = nil

    @Property(deprecated: "Now `timeout.readIdleTimeout`.")
    var readTimeout: ISODuration? = nil

    @Property(deprecated: "Now `timeout.readIdleTimeout`.")
    var readIdleTimeout: ISODuration? = nil

    @Property(deprecated: "Not used.")
    var connectionPoolIdleTimeout: ISODuration? = nil

    @Property(deprecated: "Now `proxy.type`.")
    var proxyType: ProxyKind? = nil

    @Property(deprecated: "Now `proxy.address`.")
    var proxyAddress: String? = nil

    @Property(deprecated: "Now `proxy.port`.")
    var proxyPort: Int? = nil

    @Property(deprecated: "Now `proxy.username`.")
    var proxyUsername: String? = nil

    @Property(deprecated: "Now `proxy.password`.")
    var proxyPassword: String? = nil

    @Property(deprecated: "Now `auth.username`.")
    var basicAuthUser: String? = nil

    @Property(deprecated: "Now `auth.password`.")
    var basicAuthPassword: String? = nil

    @Property(deprecated: "Not used.")
    var logLevel: String? = nil
}

struct SSLOptions: PropertyGroup {
    @Property("Whether every certificate is taken, also a wrong one. Never do this with secrets.")
    var insecureTrustAllCertificates = false
}

/// What distinguishes one HTTP client from another.
struct HTTPClientTraits: Sendable, Hashable {
    struct Proxy: Sendable, Hashable {
        var isSOCKS: Bool
        var host: String
        var port: Int
        var user: String?
        var password: String?
    }

    var followsRedirects = true
    var trustsAll = false
    var connectMilliseconds: Int64 = 10_000
    var readMilliseconds: Int64 = 300_000
    var proxy: Proxy?

    /// - Throws: for a proxy that cannot be used.
    init(_ options: HTTPOptions?, ssl: SSLOptions?) throws(TaskFailure) {
        trustsAll = (options?.ssl ?? ssl)?.insecureTrustAllCertificates ?? false
        guard let options else { return }
        followsRedirects = options.followRedirects
        if let timeout = options.timeout?.connectTimeout ?? options.connectTimeout {
            connectMilliseconds = max(1, timeout.milliseconds)
        }
        let idle = options.timeout?.readIdleTimeout ?? options.readTimeout ?? options.readIdleTimeout
        if let idle { readMilliseconds = max(1, idle.milliseconds) }
        let kind = options.proxy?.type ?? options.proxyType ?? .direct
        guard kind != .direct else { return }
        guard let host = options.proxy?.address ?? options.proxyAddress,
            let port = options.proxy?.port ?? options.proxyPort
        else { throw .property("options.proxy", "has no address or no port", fix: nil) }
        guard (1...65535).contains(port) else { throw .property("options.proxy.port", "is no port number", fix: nil) }
        proxy = Proxy(
            isSOCKS: kind == .socks, host: host, port: port, user: options.proxy?.username ?? options.proxyUsername,
            password: options.proxy?.password ?? options.proxyPassword)
    }
}
