import FlowModel
import Testing

@testable import WebServer

struct FlowAPITests {
    @Test func `a flow is saved, read, changed and deleted`() async throws {
        try await withAPI { api, _ async throws in
            let created = try await api.save("hello")
            #expect(created.status == 200)
            #expect(created.json["revision"] == 1)
            #expect(created.json["source"]?.string?.hasPrefix("id: hello") == true)
            #expect(try await api.save("hello").status == 422)
            #expect(try await api.save("hello").json["message"]?.string?.contains("already exists") == true)

            let read = try await api(.get, "/main/flows/company.team/hello")
            #expect(read.json["tasks"]?.list?.count == 1)
            #expect(read.json["source"] == nil)
            #expect(read.headers[.eTag] == "\"1\"")

            let source = "id: hello\nnamespace: company.team\ntasks: [{id: say, type: test.Say, what: bye}]\n"
            let stale = try await api(.put, "/flows/company.team/hello", source, headers: [("If-Match", "\"7\"")])
            #expect(stale.status == 409)
            #expect(stale.json["revision"] == 1)
            let changed = try await api(.put, "/flows/company.team/hello", source, headers: [("If-Match", "\"1\"")])
            #expect(changed.json["revision"] == 2)
            #expect(try await api(.get, "/flows/company.team/hello/revisions").json.list?.count == 2)
            #expect(try await api(.get, "/flows/company.team/hello/tasks/say").json["what"] == "bye")
            #expect(try await api(.get, "/flows/company.team/hello/tasks/none").status == 404)

            #expect(try await api(.delete, "/flows/company.team/hello").status == 204)
            #expect(try await api(.delete, "/flows/company.team/hello").status == 404)
            #expect(try await api(.get, "/flows/company.team/hello").status == 404)
            #expect(try await api(.put, "/flows/company.team/hello", source).status == 404)
            #expect(try await api(.get, "/flows/company.team/hello?revision=1").json["id"] == "hello")
        }
    }

    @Test func `validation names every mistake by its path`() async throws {
        try await withAPI { api, _ async throws in
            let body =
                "id: a\nnamespace: n\ntasks: [{id: x, type: test.Say, what: w}]\n---\nid: b\nnamespace: n\ntasks: []\n"
            let answer = try await api(.post, "/flows/validate", body, type: "application/x-yaml")
            let list = try #require(answer.json.list)
            #expect(list.count == 2)
            #expect(list[0]["constraints"] == nil)
            #expect(list[0]["flow"] == "a")
            #expect(list[1]["constraints"]?.string?.contains("tasks: must not be empty") == true)
            let refused = try await api(.post, "/flows", "id: b\nnamespace: n\ntasks: []\n")
            #expect(refused.status == 422)
            #expect(refused.json["_embedded"]?["errors"]?.list?.isEmpty == false)
        }
    }

    @Test func `flows are found by text, namespace and labels`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("one", more: "labels: {team: data}\n")
            try await api.save("two", in: "company.other")
            try await api.save("three", in: "system")
            func ids(_ query: String) async throws -> [String] {
                try await api(.get, "/flows/search?size=50&" + query).json["results"]?.list?.compactMap {
                    $0["id"]?.string
                } ?? []
            }
            #expect(try await ids("") == ["two", "one", "three"])
            #expect(try await ids("q=on") == ["one"])
            #expect(try await ids("namespace=company") == ["two", "one"])
            #expect(try await ids("filters[namespace][EQUALS]=company.team") == ["one"])
            #expect(try await ids("filters[namespace][CONTAINS]=other") == ["two"])
            #expect(try await ids("scope=SYSTEM") == ["three"])
            #expect(try await ids("labels=team:data") == ["one"])
            #expect(try await ids("filters[labels][EQUALS][team]=x") == [])
            #expect(try await ids("sort=id:desc") == ["two", "three", "one"])
            #expect(try await api(.get, "/flows/search?sort=id:sideways").status == 422)
            #expect(try await api(.get, "/flows/search?size=0").status == 422)
            #expect(try await api(.get, "/flows/distinct-namespaces?q=TEAM").json == ["company.team"])
        }
    }

    @Test func `many flows at once`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("old")
            let body = "id: new\nnamespace: company.team\ntasks: [{id: x, type: test.Say, what: w}]\n"
            let wrong = try await api(.post, "/flows/elsewhere", body)
            #expect(wrong.status == 422)
            #expect(wrong.json["message"] == "Invalid entity: flow.namespace: Flow namespace is invalid")
            let replaced = try await api(.post, "/flows/company.team", body)
            #expect(replaced.json.list?.map { $0["deleted"]?.bool } == [true, false])
            let keys = "[{\"namespace\": \"company.team\", \"id\": \"new\"}]"
            #expect(try await api(.post, "/flows/disable/by-ids", keys).json == ["count": 1])
            #expect(try await api(.get, "/flows/company.team/new").json["disabled"] == true)
            #expect(try await api(.post, "/flows/enable/by-query?namespace=company.team").json == ["count": 1])
            #expect(try await api(.get, "/flows/company.team/new").json["revision"] == 3)
            #expect(try await api(.delete, "/flows/delete/by-ids", keys).json == ["count": 1])
        }
    }
}
