import EngineRuntime
import FlowModel
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import WebServer

struct ServerAPITests {
    @Test func `probes are answered at the root`() async throws {
        try await withAPI { api, _ async throws in
            #expect(try await api(.get, "/health").status == 200)
            #expect(try await api(.get, "/health/ready").json["status"] == "UP")
            #expect(try await api(.get, "/health/live").status == 200)
            #expect(try await api(.get, "/ping").text == "pong")
            #expect(try await api(.get, "/configs").json["systemNamespace"] == "system")
        }
    }

    @Test func `what is unknown is not found, in JSON`() async throws {
        try await withAPI { api, _ async throws in
            for path in ["/nothing", "/flows/", "/api/v2/flows/search"] {
                let answer = try await api(.get, path)
                #expect(answer.status == 404)
                #expect(answer.json["message"]?.string?.hasPrefix("Not Found: ") == true)
            }
            #expect(try await api(.patch, "/flows").status == 404)
        }
    }

    @Test func `HEAD asks like GET, but never acts`() async throws {
        try await withAPI(.live) { api, engine async throws in
            let answer = try await api(.head, "/ping")
            #expect(answer.status == 200)
            #expect(answer.headers[.contentLength] == "4")
            #expect(answer.text == "")
            #expect(try await api(.head, "/executions/webhook/company.team/hello/right").status == 404)
            #expect(engine.asked.withLock { $0 }.isEmpty)
        }
    }

    @Test func `answers carry the request's id`() async throws {
        try await withAPI { api, _ async throws in
            let given = try await api(.get, "/ping", headers: [("X-Request-Id", "abc-1")])
            #expect(given.headers[Responder.requestIDName] == "abc-1")
            let own = try await api(.get, "/ping", headers: [("X-Request-Id", String(repeating: "x", count: 200))])
            #expect(own.headers[Responder.requestIDName]?.count ?? 0 > 10)
        }
    }

    @Test func `pages of other sites may not write`() async throws {
        try await withAPI { api, _ async throws in
            let foreign = try await api(.post, "/flows", "id: a", headers: [("Origin", "http://evil.example")])
            #expect(foreign.status == 403)
            let own = try await api(.post, "/flows", "id: a", headers: [("Origin", "http://example.org")])
            #expect(own.status == 422)
            #expect(try await api(.get, "/ping", headers: [("Origin", "http://evil.example")]).status == 200)
        }
    }

    @Test func `webhooks are answered as their trigger says`() async throws {
        try await withAPI { api, engine async throws in
            let path = "/executions/webhook/company.team/hello/right"
            #expect(try await api(.put, path, "x").status == 204)
            #expect(try await api(.get, path + "/more").status == 404)
            #expect(try await api(.get, "/executions/webhook/company.team/hello/wrong").status == 404)
            var execution = Execution(
                id: engine.makeExecutionID(), namespace: "company.team", flowID: "hello", flowRevision: 1,
                createdAt: engine.clock.now)
            engine.webhookAnswer.withLock { $0 = .started(execution) }
            let started = try await api(.post, path, "{}", headers: [("Origin", "http://anywhere.example")])
            #expect(started.status == 200)
            #expect(started.json["id"] == .string(execution.id.description))
            execution.state.set(.failed, at: engine.clock.now)
            let snapshot = ExecutionSnapshot(execution: execution, taskRuns: [], isOpen: false)
            engine.webhookAnswer.withLock {
                $0 = .ended(snapshot, status: 500, outputs: ["a": 1], contentType: "text/plain", error: "no disk")
            }
            let ended = try await api(.post, path, "{}")
            #expect(ended.status == 500)
            #expect(ended.text == "{\"a\":1}")
            #expect(ended.headers[.contentType] == "text/plain")
            #expect(ended.headers[.sluiceExecution] == execution.id.description)
            engine.webhookAnswer.withLock {
                $0 = .ended(snapshot, status: 500, outputs: nil, contentType: "text/plain", error: "no disk")
            }
            let failed = try await api(.post, path, "{}")
            #expect(failed.status == 500)
            #expect(failed.headers[.contentType] == "application/json")
            #expect(failed.json["id"] == .string(execution.id.description))
            #expect(failed.json["state"]?["current"] == "FAILED")
            #expect(failed.json["message"] == .string("Execution \(execution.id) failed: no disk"))
            #expect(failed.json["code"] == "execution-failed")
        }
    }

    @Test func `values are kept by namespace and key`() async throws {
        try await withAPI { api, _ async throws in
            let path = "/namespaces/company.team/kv/my.key"
            #expect(try await api(.get, path).status == 404)
            #expect(try await api(.put, path, "{\"a\": [1]}", type: "application/json").status == 200)
            #expect(try await api(.get, path).json == ["type": "JSON", "value": ["a": [1]]])
            #expect(try await api(.put, path, "\"PT5M\"", type: "text/plain", headers: [("ttl", "PT1H")]).status == 200)
            #expect(try await api(.get, path).json == ["type": "DURATION", "value": "PT5M"])
            let list = try await api(.get, "/namespaces/company.team/kv").json.list
            #expect(list?.first?["key"] == "my.key")
            #expect(list?.first?["expirationDate"] == "2025-01-15T13:00:00Z")
            #expect(try await api(.put, path, "oops").status == 422)
            #expect(try await api(.put, "/namespaces/company.team/kv/_x", "1").status == 422)
            #expect(try await api(.put, path, "1", headers: [("ttl", "-PT1S")]).status == 422)
            #expect(try await api(.put, path, "1", headers: [("ttl", "PT9223372036854775807S")]).status == 200)
            #expect(
                try await api(.get, "/namespaces/company.team/kv").json.list?.first?["expirationDate"]
                    == "9999-12-31T23:59:59.999Z")
            #expect(try await api(.delete, path).json == true)
            #expect(try await api(.delete, path).json == false)
            #expect(try await api(.put, path, "1").status == 200)
            #expect(
                try await api(.delete, "/namespaces/company.team/kv", "{\"keys\": [\"my.key\", \"x\"]}").json == [
                    "keys": ["my.key"]
                ])
        }
    }

    @Test func `namespaces have parents and files`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            let names = try await api(.get, "/namespaces/search?size=50").json["results"]?.list?.compactMap {
                $0["id"]?.string
            }
            #expect(names == ["company", "company.team", "system"])
            let files = "/namespaces/company.team/files"
            #expect(
                try await api.form(files + "?path=/dir/a.txt", [("name=fileContent; filename=a.txt", "hello")]).status
                    == 200)
            #expect(try await api(.get, files + "?path=/dir/a.txt").text == "hello")
            #expect(try await api(.get, files + "/search?q=A.T").json == ["/dir/a.txt"])
            #expect(try await api(.get, files + "/directory?path=/dir").json.list?.first?["fileName"] == "a.txt")
            #expect(try await api(.get, files + "/stats").json["fileName"] == "_files")
            #expect(try await api(.put, files + "?from=/dir/a.txt&to=/b.txt").status == 200)
            #expect(try await api(.get, files + "?path=/dir/a.txt").status == 404)
            #expect(
                try await api(.get, files + "?path=/_flows/x.yml").json["message"]?.string?.contains("Forbidden path")
                    == true)
            #expect(try await api(.get, files + "?path=../../x").status == 422)
            for odd in ["..", ".", "a..b", "..%2F..%2F", "a%2Fb"] {
                #expect(
                    try await api.form("/namespaces/\(odd)/files?path=/x", [("name=fileContent; filename=x", "y")])
                        .status
                        == 422)
            }
            #expect(try await api(.delete, files + "?path=/b.txt").status == 200)
            #expect(try await api(.delete, files + "?path=/b.txt").status == 404)
        }
    }

    @Test func `types are documented for editors`() async throws {
        try await withAPI { api, _ async throws in
            let page = try await api(.get, "/plugins/test.Say")
            #expect(page.json["schema"]?["properties"]?["properties"]?["what"]?["type"] == "string")
            #expect(
                try await api(.get, "/plugins/test.Sai").json["message"]?.string?.contains("did you mean test.Say?")
                    == true)
            let schema = try await api(.get, "/plugins/schemas/flow")
            #expect(schema.json["$schema"] == "http://json-schema.org/draft-07/schema#")
            #expect(schema.json["definitions"]?["test.Say"]?["required"] == ["what"])
            #expect(try await api(.get, "/plugins/schemas/odd").status == 404)
            #expect(try await api(.get, "/plugins").json.list?.first?["tasks"] == ["test.Say"])
        }
    }

    @Test func `a port that is taken is said so`() async throws {
        try await withAPI(.live) { api, engine async throws in
            let port = try #require(api.client.port)
            let second = WebServer(door: engine, settings: WebSettings(port: port), logger: .init(label: "test"))
            await #expect(throws: WebServerError.addressInUse(host: "127.0.0.1", port: port)) { try await second.run() }
        }
    }
}
