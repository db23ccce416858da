import FlowModel
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import WebServer

struct ExecutionAPITests {
    @Test func `an execution is made from a form`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            let answer = try await api.form(
                "/executions/company.team/hello?labels=a:b:c", [("name=\"who\"", "Ada\r\nB")])
            #expect(answer.status == 200)
            #expect(answer.json["inputs"] == ["who": "Ada\r\nB"])
            #expect(answer.json["labels"] == [["key": "a", "value": "b:c"]])
            #expect(answer.json["state"]?["current"] == "CREATED")
            let id = try #require(answer.json["id"]?.string)
            #expect(answer.json["url"] == .string("http://example.org/ui/executions/company.team/hello/\(id)"))
            #expect(try await api(.get, "/executions/\(id)").json["id"] == .string(id))
            #expect(try await api(.get, "/executions/search?namespace=company&flowId=hello").json["total"] == 1)
            #expect(try await api(.get, "/executions?namespace=company.team&flowId=hello").json["total"] == 1)
            #expect(try await api(.get, "/executions?namespace=company.team").status == 400)
        }
    }

    @Test func `no body, no inputs; unknown flows are not found`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            #expect(try await api(.post, "/executions/company.team/hello").status == 200)
            #expect(try await api.form("/executions/company.team/none", []).status == 404)
            #expect(try await api(.get, "/executions/0000000000000000000001").status == 404)
            #expect(try await api(.get, "/executions/short").status == 404)
        }
    }

    @Test(arguments: ["labels=nothing", "revision=0", "wait=perhaps", "scheduleDate=tomorrow"])
    func `wrong parameters are refused`(query: String) async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            #expect(try await api.form("/executions/company.team/hello?\(query)", []).status == 422)
        }
    }

    @Test func `a client may wait for the end`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            let answer = try await api.form("/executions/company.team/hello?wait=true", [])
            #expect(answer.json["state"]?["current"] == "SUCCESS")
        }
    }

    @Test func `files are stored under the execution, named in either way`() async throws {
        try await withAPI { api, engine async throws in
            try await api.save(
                "hello", more: "inputs: [{id: data, type: FILE}, {id: old, type: FILE, extension: csv}]\n")
            let answer = try await api.form(
                "/executions/company.team/hello",
                [("name=\"data\"; filename=\"real name.txt\"", "new"), ("name=\"files\"; filename=\"old\"", "old\r\n")])
            let id = try #require(answer.json["id"]?.string)
            let newer = try #require(answer.json["inputs"]?["data"]?.string)
            #expect(newer.hasPrefix("kestra:///company/team/hello/executions/\(id)/inputs/data/data_"))
            #expect(newer.hasSuffix(".txt"))
            let older = try #require(answer.json["inputs"]?["old"]?.string)
            #expect(older.hasSuffix(".csv"))
            let file = try await api(.get, "/executions/\(id)/file?path=\(PercentText.encode(older))")
            #expect(file.text == "old\r\n")
            #expect(file.headers[.contentDisposition]?.hasPrefix("attachment; filename=\"old_") == true)
            #expect(try await api(.get, "/executions/\(id)/file/metas?path=\(newer)").json == ["size": 3])
            let preview = try await api(.get, "/executions/\(id)/file/preview?path=\(newer)")
            #expect(
                preview.json == [
                    "extension": "txt", "type": "TEXT", "content": "new", "maxLine": 100, "truncated": false,
                ])
            #expect(try await api(.get, "/executions/\(id)/file?path=kestra:///etc/passwd").status == 422)
            #expect(try await api(.get, "/executions/\(id)/file?path=kestra:///company/../x").status == 422)
            #expect(try await api(.get, "/executions/\(id)/file").status == 400)
            for path in [
                "..", "%2e%2e/%2e%2e/etc/passwd", "kestra:///company/team/hello/executions/\(id)/../../x", "%00",
            ] {
                #expect(try await api(.get, "/executions/\(id)/file?path=\(path)").status == 422)
            }
        }
    }

    @Test func `a part of a file is sent when asked for`() async throws {
        try await withAPI { api, engine async throws in
            try await api.save("hello", more: "inputs: [{id: data, type: FILE}]\n")
            let made = try await api.form(
                "/executions/company.team/hello", [("name=data; filename=a.html", "0123456789")])
            let id = try #require(made.json["id"]?.string)
            let path = "/executions/\(id)/file?path=\(try #require(made.json["inputs"]?["data"]?.string))"
            let whole = try await api(.get, path)
            #expect(whole.headers[.acceptRanges] == "bytes")
            #expect(whole.headers[.contentType] == "application/octet-stream")
            #expect(whole.headers[.xContentTypeOptions] == "nosniff")
            let version = try #require(whole.headers[.eTag])
            let part = try await api(.get, path, headers: [("Range", "bytes=2-4"), ("If-Range", version)])
            #expect(part.status == 206)
            #expect(part.text == "234")
            #expect(part.headers[.contentRange] == "bytes 2-4/10")
            #expect(try await api(.get, path, headers: [("Range", "bytes=-3")]).text == "789")
            #expect(try await api(.get, path, headers: [("Range", "bytes=7-")]).text == "789")
            let old = try await api(.get, path, headers: [("Range", "bytes=2-4"), ("If-Range", "\"other\"")])
            #expect(old.status == 200)
            let outside = try await api(.get, path, headers: [("Range", "bytes=10-")])
            #expect(outside.status == 416)
            #expect(outside.headers[.contentRange] == "bytes */10")
        }
    }

    @Test func `a refused execution leaves no file behind`() async throws {
        try await withAPI { api, engine async throws in
            try await api.save("hello", more: "inputs: [{id: data, type: FILE}]\n")
            let parts = [("name=\"data\"; filename=\"a.txt\"", "x"), ("name=\"refused\"", "yes")]
            #expect(try await api.form("/executions/company.team/hello", parts).status == 422)
            let empty = try await api.form(
                "/executions/company.team/hello", [("name=\"data\"; filename=\"a.txt\"", "")])
            #expect(empty.status == 422)
            #expect(empty.json["message"]?.string?.contains("Can't upload file") == true)
            let left = try await engine.files.list(.root, deep: true).filter { !$0.isFolder }
            #expect(left.isEmpty)
        }
    }

    @Test func `a body that is too large is refused`() async throws {
        var settings = WebSettings()
        settings.maxBodyBytes = 1000
        settings.maxUploadBytes = 5000
        try await withAPI(settings: settings) { api, _ async throws in
            try await api.save("hello")
            let big = String(repeating: "x", count: 1001)
            #expect(try await api(.post, "/flows", big).status == 413)
            #expect(try await api(.post, "/flows", big).json["code"] == "body-too-large")
            #expect(try await api.form("/executions/company.team/hello", [("name=\"a\"", big)]).status == 413)
            #expect(
                try await api.form(
                    "/executions/company.team/hello", [("name=f; filename=a", String(repeating: "x", count: 6000))]
                ).status == 413)
            #expect(
                try await api.form(
                    "/executions/company.team/hello", [("name=f; filename=a", String(repeating: "x", count: 3000))]
                ).status == 200)
        }
    }

    @Test func `an operation's name may be a flow's`() async throws {
        try await withAPI { api, engine async throws in
            try await api.save("pause")
            try await api.save("resume")
            let created = try await api.form("/executions/company.team/pause", [])
            #expect(created.json["flowId"] == "pause")
            #expect(try await api.form("/executions/company.team/resume", []).json["flowId"] == "resume")
            let id = try #require(created.json["id"]?.string)
            #expect(try await api(.post, "/executions/\(id)/pause", "", type: "application/json").status == 200)
            #expect(try await api.form("/executions/\(id)/resume", [("name=a", "1")]).status == 204)
            #expect(try await api(.post, "/executions/\(id)/actions/restart").json["id"] == .string(id))
            #expect(try await api(.delete, "/executions/\(id)/kill").status == 202)
            #expect(try await api(.delete, "/executions/\(id)/kill?isOnKillCascade=false").status == 202)
            let resumed = try await api(
                .post, "/executions/\(id)/actions/resume", "{\"odd\": 1}", type: "application/json")
            #expect(resumed.headers[.sluiceWarning] == "input 'odd' is not declared")
            #expect(try await api(.post, "/executions/\(id)/replay").status == 200)
            #expect(
                try await api(.post, "/executions/\(id)/replay", "{\"a\": 2}", type: "application/json").status == 200)
            #expect(try await api(.post, "/executions/\(id)/replay", "a=2", type: "text/plain").status == 415)
            let asked = [
                "pause", "resume {\"a\":\"1\"}", "restart", "kill true", "kill false", "resume {\"odd\":1}",
                "replay as before", "replay {\"a\":2}",
            ]
            #expect(engine.asked.withLock { $0 } == asked)
        }
    }

    @Test func `the same idempotency key makes one execution`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            let header = [("Idempotency-Key", "k1")]
            let first = try await api(.post, "/executions/company.team/hello", headers: header)
            let second = try await api(.post, "/executions/company.team/hello", headers: header)
            #expect(first.json["id"] == second.json["id"])
            let third = try await api(.post, "/executions/company.team/hello", headers: [("Idempotency-Key", "k2")])
            #expect(first.json["id"] != third.json["id"])
            let refused = try await api(.post, "/executions/company.team/none", headers: [("Idempotency-Key", "k3")])
            #expect(refused.status == 404)
        }
    }

    @Test func `inputs are checked without starting anything`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello", more: "inputs: [{id: n, type: INT, min: 5}, {id: s, type: STRING}]\n")
            let answer = try await api.form(
                "/executions/company.team/hello/validate", [("name=n", "3"), ("name=s", "x")])
            let inputs = try #require(answer.json["inputs"]?.list)
            #expect(inputs[0]["errors"]?.list?.count == 1)
            #expect(inputs[0]["input"]?["type"] == "INT")
            #expect(inputs[1]["value"] == "x")
            #expect(try await api(.get, "/executions/search").json["total"] == 0)
        }
    }

    @Test func `bulk operations do all or nothing`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            let open = try #require(try await api.form("/executions/company.team/hello", []).json["id"]?.string)
            let ended = try #require(
                try await api.form("/executions/company.team/hello?wait=true", []).json["id"]?.string)
            let refused = try await api(.delete, "/executions/by-ids", "[\"\(open)\", \"\(ended)\", \"x\"]")
            #expect(refused.status == 400)
            #expect(refused.json["invalids"]?.list?.count == 1)
            #expect(try await api(.delete, "/executions/by-ids", "[\"\(open)\"]").json["invalids"]?.list?.count == 1)
            #expect(try await api(.delete, "/executions/by-ids", "[\"\(ended)\"]").json == ["count": 1])
            let said = try #require(
                try await api(.delete, "/executions/by-ids", "[\"\(open)\"]").json["message"]?.string)
            #expect(
                said == "invalid bulk delete: nothing was done, for 1 of 1 cannot take part; \(open): "
                    + "execution is not terminated")
            #expect(
                try await api(.delete, "/executions/by-query?includeNonTerminated=true&all=true").json == ["count": 1])
        }
    }

    @Test func `a search refuses what contradicts itself`() async throws {
        try await withAPI { api, _ async throws in
            let both = try await api(.get, "/executions/search?startDate=2026-01-01T00:00:00Z&timeRange=P1D")
            #expect(both.json["message"]?.string?.contains("are mutually exclusive") == true)
            let turned = try await api(
                .get, "/executions/search?startDate=2026-01-02T00:00:00Z&endDate=2026-01-01T00:00:00Z")
            #expect(turned.json["message"] == "Illegal argument: Start date must be before End Date")
            for query in ["state=ODD", "filters[odd][EQUALS]=1", "sort=state.odd:asc", "childFilter=X", "page=0"] {
                #expect(try await api(.get, "/executions/search?\(query)").status == 422)
            }
            #expect(
                try await api(.get, "/executions/search?state=SUCCESS,FAILED&childFilter=MAIN&q=*").json["total"] == 0)
            #expect(try await api(.get, "/executions/search?triggerExecutionId=x").json["total"] == 0)
            for far in [
                "timeRange=PT9223372036854775807S", "timeRange=-PT9223372036854775807S",
                "startDate=-999999999-01-01T00:00:00Z", "endDate=%2B999999999-12-31T23:59:59Z",
            ] {
                #expect(try await api(.get, "/executions/search?\(far)").json["total"] == 0)
                let metrics = try await api(.get, "/metrics/aggregates/company.team/hello/m?\(far)")
                #expect(metrics.status == (far.hasPrefix("startDate") ? 422 : 200))
            }
        }
    }
}

struct InputBodyAPITests {
    private static let path = "/executions/company.team/hello"
    private static let inputs = "inputs: [{id: name, type: STRING}, {id: n, type: INT}]\n"

    @Test func `inputs come as JSON with the types they have`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello", more: Self.inputs)
            let body = "{\"name\": \"Ada\", \"n\": 1, \"b\": true, \"m\": {\"l\": [1.5, null]}}"
            let answer = try await api(.post, Self.path, body, type: "application/json; charset=utf-8")
            #expect(answer.json["inputs"] == (try JSON.parse(body)))
            let checked = try await api(.post, Self.path + "/validate", "{\"n\": 7}", type: "application/json")
            #expect(checked.json["inputs"]?.list?[1]["value"] == 7)
            for odd in ["[1]", "1", "\"x\"", "null", "{", "nul"] {
                #expect(try await api(.post, Self.path, odd, type: "application/json").status == 422)
            }
        }
    }

    @Test func `inputs come as fields of a form`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello", more: Self.inputs)
            let answer = try await api(
                .post, Self.path, "name=Ada+B%21&n=1", type: "application/x-www-form-urlencoded")
            #expect(answer.json["inputs"] == ["name": "Ada B!", "n": "1"])
        }
    }

    @Test(arguments: ["application/json", "application/x-www-form-urlencoded", "text/plain", nil] as [String?])
    func `an empty body of any type means defaults`(type: String?) async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello", more: Self.inputs)
            #expect(try await api(.post, Self.path, "", type: type).status == 200)
        }
    }

    @Test(
        arguments: [
            ("{\"name\": \"Ada\"}", "application/x-www-form-urlencoded"), ("{\"name\": \"Ada\"}", nil),
            ("name=Ada", "text/plain"), ("x", "application/octet-stream"),
        ] as [(String, String?)])
    func `a body of another type is refused with advice`(body: String, type: String?) async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello", more: Self.inputs)
            let answer = try await api(.post, Self.path, body, type: type)
            #expect(answer.status == 415)
            #expect(answer.json["code"] == "unsupported-media-type")
            #expect(answer.json["message"]?.string?.contains("-F name=value") == true)
            #expect(answer.json["message"]?.string?.contains("-H 'Content-Type: application/json'") == true)
            #expect(try await api(.get, "/executions/search").json["total"] == 0)
        }
    }

    @Test func `inputs that nobody declares are told in a header`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello", more: Self.inputs)
            let answer = try await api(
                .post, Self.path, "{\"nmae\": \"Ada\", \"schl\\u00fcssel\": 1}", type: "application/json")
            #expect(answer.status == 200)
            #expect(
                answer.headers[values: .sluiceWarning] == [
                    "input 'nmae' is not declared by this flow; did you mean 'name'? It was ignored",
                    "input 'schl?ssel' is not declared by this flow; it was ignored",
                ])
        }
    }
}

struct StreamAPITests {
    @Test func `an execution is followed to its end`() async throws {
        try await withAPI(.ahc()) { api, _ async throws in
            try await api.save("hello")
            let id = try #require(try await api.form("/executions/company.team/hello", []).json["id"]?.string)
            let stream = try await api(.get, "/executions/\(id)/follow")
            #expect(stream.headers[.contentType] == "text/event-stream")
            let events = stream.text.split(separator: "\n\n")
            #expect(events.map { $0.prefix { $0 != "\n" } } == ["id: progress", "id: end"])
            #expect(events.last?.contains("\"current\":\"SUCCESS\"") == true)
            let over = try await api(.get, "/executions/\(id)/follow?cursor=true", headers: [("Last-Event-ID", "4")])
            #expect(over.text.hasPrefix("id: 5\nevent: end\ndata: {"))
        }
    }

    @Test func `log lines go on where a reader stopped`() async throws {
        try await withAPI(.ahc()) { api, engine async throws in
            try await api.save("hello")
            let id = try #require(try await api.form("/executions/company.team/hello", []).json["id"]?.string)
            let entries = (0..<1200).map {
                LogEntry(at: engine.clock.now, level: $0 % 2 == 0 ? .info : .debug, message: "line \($0)")
            }
            try await engine.store.commit([.logs(try #require(ExecutionID(id)), entries)])
            #expect(try await api(.get, "/logs/\(id)").json.list?.count == 1200)
            #expect(try await api(.get, "/logs/\(id)?minLevel=INFO").json.list?.count == 600)
            let text = try await api(.get, "/logs/\(id)/download").text
            #expect(text.split(separator: "\n").count == 1200)
            #expect(text.hasPrefix("2025-01-15T12:00:00Z INFO line 0\n"))
            let page = try await api(.get, "/logs/\(id)?minLevel=INFO&after=599&size=2").json.list
            #expect(page?.map { $0["index"] } == [600, 602])
            #expect(try await api(.get, "/logs/\(id)?after=1199").json == [])
            #expect(try await api(.get, "/logs/\(id)?size=0").status == 422)
            #expect(try await api(.get, "/logs/\(id)?after=99&size=1000").json.list?.count == 1000)
            #expect(try await api(.get, "/logs/\(id)/download?after=1197").text.hasSuffix(" DEBUG line 1199\n"))
            let stream = try await api(.get, "/logs/\(id)/follow?cursor=true", headers: [("Last-Event-ID", "1000")])
            let events = stream.text.split(separator: "\n\n")
            #expect(events.count == 200)
            #expect(events.first?.hasPrefix("id: 1001\n") == true)
            #expect(events.last == "id: 1200\nevent: end\ndata: {\"count\":1200}")
            #expect(try await api(.get, "/logs/search?minLevel=INFO&q=line%201198").json["total"] == 1)
            #expect(try await api(.delete, "/logs/\(id)?minLevel=INFO").status == 200)
        }
    }
}
