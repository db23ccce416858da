import FlowModel
import Hummingbird
import Logging
import Testing

@testable import WebServer

/// Names and origins that the server answers to while nobody has to sign in.
struct ProtectionTests {
    private struct OpenGate: RequestGate {
        func refusal(of request: Request) async throws -> Response? { nil }
    }

    private static func request(
        _ method: HTTPRequest.Method, _ path: String, host: String?, headers: [(String, String)] = []
    ) -> Request {
        var fields = HTTPFields()
        for (name, value) in headers { fields[HeaderName(name)!] = value }
        return Request(
            head: HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test(arguments: [
        "localhost:8080", "LOCALHOST", "app.localhost", "127.0.0.1:1", "127.1.2.3", "[::1]:8080", "sluice.example.com",
        "Sluice.Example.com.:443", "",
    ])
    func `a server of this machine answers to its own names`(host: String) {
        let rule = HostRule(settings: WebSettings(url: "https://me@sluice.example.com:8443/base/"))
        #expect(throws: Never.self) { try rule.check(Self.request(.get, "/", host: host)) }
        #expect(throws: Never.self) { try rule.check(Self.request(.get, "/", host: nil)) }
    }

    @Test(arguments: [
        "evil.com:9400", "localhost.evil.com", "127.0.0.1.evil.com", "127.0.0.999", "evillocalhost", "10.0.0.1",
        "example.com", "[fe80::1]",
    ])
    func `and to no other`(host: String) throws {
        let settings = WebSettings(url: "https://sluice.example.com")
        let refusal = #expect(throws: Refusal.self) {
            try HostRule(settings: settings).check(Self.request(.get, "/", host: host))
        }
        #expect(refusal?.status == .misdirectedRequest)
        #expect(refusal?.message.contains("url: http://\(host)") == true)
        var gated = settings
        gated.gate = OpenGate()
        #expect(throws: Never.self) { try HostRule(settings: gated).check(Self.request(.get, "/", host: host)) }
    }

    @Test(arguments: ["0.0.0.0", "::", "build.example.net", "10.1.2.3"])
    func `a server for others answers to addresses and to names that are not public`(bound: String) throws {
        let rule = HostRule(settings: WebSettings(host: bound, url: "http://sluice.example.com:8080"))
        for own in [
            "10.1.2.3:8080", "[fe80::1]:8080", "sluice:8080", "sluice.default.svc.cluster.local", "vm.internal",
            "localhost:8080", "sluice.example.com",
        ] { #expect(rule.isOwn(HostRule.name(of: own)), "\(own)") }
        #expect(!rule.isOwn("evil.com"))
        #expect(rule.isOwn("build.example.net") == (bound == "build.example.net"))
    }

    @Test func `a page whose name points here may neither read nor write, webhooks and probes are open`() async throws {
        try await withAPI { _, engine async throws in
            let settings = WebSettings()
            let responder = Responder(table: RouteTable(WebServer.routes(engine, settings)), settings: settings)
            func status(_ method: HTTPRequest.Method, _ path: String) async throws -> Int {
                let request = Self.request(
                    method, path, host: "evil.com:9400", headers: [("Origin", "http://evil.com:9400")])
                let context = CallSource(logger: Logger(label: "test"))
                return try await responder.respond(to: request, context: context).status.code
            }
            #expect(try await status(.post, "/api/v1/flows") == 421)
            #expect(try await status(.get, "/api/v1/flows/search") == 421)
            #expect(try await status(.get, "/health") == 200)
            #expect(try await status(.post, "/api/v1/executions/webhook/company.team/hello/right") == 204)
        }
    }

    @Test func `a browser that keeps the origin to itself may not write for another site`() async throws {
        try await withAPI { api, _ async throws in
            func status(_ method: HTTPRequest.Method, _ site: String) async throws -> Int {
                try await api(
                    method, method == .get ? "/flows/search" : "/flows", "id: a", headers: [("Sec-Fetch-Site", site)]
                ).status
            }
            #expect(try await status(.post, "cross-site") == 403)
            #expect(try await status(.post, "same-site") == 403)
            #expect(try await status(.post, "same-origin") == 422)
            #expect(try await status(.post, "none") == 422)
            #expect(try await status(.get, "cross-site") == 200)
        }
    }

    @Test func `a request that is no HTTP is refused in JSON`() async throws {
        try await withAPI(.live) { api, _ async throws in
            let many = (0..<1500).map { ("X-Header-\($0)", "1") }
            let answer = try await api(.get, "/ping", headers: many)
            #expect(answer.status == 400)
            #expect(answer.json["code"] == "no-http")
            #expect(answer.json["message"]?.string?.hasPrefix("The request cannot be read: ") == true)
        }
    }
}

/// Operations on all that a query finds, which must not be all there is by mistake.
struct BulkQueryTests {
    private static let routes: [(HTTPRequest.Method, String)] = [
        (.delete, "/flows/delete/by-query"), (.post, "/flows/disable/by-query"), (.post, "/flows/enable/by-query"),
        (.delete, "/executions/by-query"), (.delete, "/executions/kill/by-query"),
        (.post, "/executions/restart/by-query"), (.post, "/executions/replay/by-query"),
        (.post, "/executions/pause/by-query"), (.post, "/executions/resume/by-query"),
        (.post, "/executions/unqueue/by-query"), (.post, "/executions/force-run/by-query"),
        (.post, "/executions/labels/by-query"), (.post, "/executions/change-status/by-query?newStatus=FAILED"),
        (.post, "/triggers/unlock/by-query"), (.post, "/triggers/set-disabled/by-query"),
        (.post, "/triggers/delete/by-query"), (.post, "/triggers/backfill/pause/by-query"),
        (.post, "/triggers/backfill/unpause/by-query"), (.post, "/triggers/backfill/delete/by-query"),
    ]

    @Test func `every such route needs a filter`() async throws {
        try await withAPI { api, engine async throws in
            try await api.save("hello")
            let served = WebServer.routes(engine, WebSettings()).filter { $0.pattern.hasSuffix("/by-query") }
            #expect(served.count == Self.routes.count)
            for (method, path) in Self.routes {
                let sign = path.contains("?") ? "&" : "?"
                for query in ["size=100", "namespace=", "q=*", "scope=USER,SYSTEM", "filters[namespace][EQUALS]="] {
                    let answer = try await api(method, path + sign + query, "[]")
                    #expect(answer.status == 422, "\(path) \(query)")
                    #expect(answer.json["code"] == "no-filter", "\(path) \(query)")
                }
                #expect(try await api(method, path + sign + "namspace=company&q=x", "[]").status == 422)
                #expect(try await api(method, path + sign + "filters[foo][EQUALS]=x&q=x", "[]").status == 422)
                #expect(try await api(method, path + sign + "namespace=elsewhere", "[]").json == ["count": 0])
            }
            #expect(try await api(.get, "/flows/search").json["total"] == 1)
            #expect(try await api(.delete, "/flows/delete/by-query?all=true").json == ["count": 1])
        }
    }
}
