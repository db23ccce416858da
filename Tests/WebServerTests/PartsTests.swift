import FlowModel
import Hummingbird
import Testing

@testable import WebServer

struct PercentTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a%20b", "a b"), ("a+b", "a+b"), ("%C3%A9", "é"), ("100%", "100%"), ("%zz", "%zz"),
        ("%2", "%2"), ("%%41", "%A"), ("%FF", "\u{FFFD}"),
    ])
    func `a part of a path`(encoded: String, text: String) {
        #expect(PercentText.decode(encoded) == text)
    }

    @Test func `a blank in a query is a plus sign`() {
        #expect(PercentText.decode("a+b%2Bc", plusIsSpace: true) == "a b+c")
    }

    @Test func `encoding can be undone`() {
        let text = "ü/ä?&=#%+ \u{1F600}"
        #expect(PercentText.decode(PercentText.encode(text)) == text)
    }
}

struct QueryTests {
    @Test func `names may come several times and values hold equals signs`() {
        let query = Query("labels=a:b=c&labels=d%3Ae&empty=&lonely&x=%26")
        #expect(query.all("labels") == ["a:b=c", "d:e"])
        #expect(query.text("empty") == nil)
        #expect(query.all("lonely") == [""])
        #expect(query.text("x") == "&")
    }

    @Test func `numbers, flags and dates are checked`() throws {
        let query = Query("page=2&size=x&wait=TRUE&odd=maybe&from=2026-01-31T12:00:00+01:00")
        #expect(try query.int("page", in: 1...10) == 2)
        #expect(throws: Refusal.self) { try query.int("size") }
        #expect(throws: Refusal.self) { try query.int("page", in: 3...4) }
        #expect(try query.flag("wait"))
        #expect(throws: Refusal.self) { try query.flag("odd") }
        #expect(try query.flag("absent", default: true))
        #expect(try query.moment("from") == (try Timestamp(iso: "2026-01-31T11:00:00Z")))
    }

    @Test func `a missing parameter is a bad request`() {
        let error = #expect(throws: Refusal.self) { try Query("").required("path") }
        #expect(error?.status == .badRequest)
    }
}

struct RouteTableTests {
    private static func route(_ method: HTTPRequest.Method, _ pattern: String) -> Route {
        Route(method, pattern, pattern) { _ in .text(pattern) }
    }
    private let table = RouteTable([
        route(.get, "/executions/search"), route(.get, "/executions/{id}"), route(.post, "/executions/{ns}/{flow}"),
        route(.post, "/executions/{id}/restart"), route(.post, "/executions/{ns}/{flow}/validate"),
        route(.get, "/files/{path...}"),
    ])

    @Test(arguments: [
        ("GET", "/api/v1/executions/search", "/executions/search"),
        ("GET", "/api/v1/main/executions/abc", "/executions/{id}"),
        ("POST", "/api/v1/executions/ns/restart", "/executions/{id}/restart"),
        ("POST", "/api/v1/executions/ns/flow", "/executions/{ns}/{flow}"),
        ("POST", "/api/v1/executions/ns/restart/validate", "/executions/{ns}/{flow}/validate"),
        ("GET", "/api/v1/files/a/b%20c", "/files/{path...}"),
    ])
    func `the most literal route that takes the method wins`(method: String, path: String, pattern: String) throws {
        let found = try #require(table.find(.init(rawValue: method)!, path))
        #expect(found.route.pattern == pattern)
    }

    @Test(arguments: [
        ("POST", "/api/v1/executions/search"), ("GET", "/api/v1/executions/abc/"), ("GET", "/executions/abc"),
        ("DELETE", "/api/v1/executions/ns/flow"), ("GET", "/api/v1/executions/"), ("GET", "/api/v1"),
    ])
    func `other paths and methods are unknown`(method: String, path: String) {
        #expect(table.find(.init(rawValue: method)!, path) == nil)
    }

    @Test func `parts are decoded`() throws {
        let found = try #require(table.find(.post, "/api/v1/executions/a%20b/c%2Fd"))
        #expect(found.captured["ns"] == "a b")
        #expect(found.captured["flow"] == "c/d")
        let rest = try #require(table.find(.get, "/api/v1/files/a/b%20c"))
        #expect(rest.captured["path"] == "a/b c")
    }
}

struct FilterTests {
    @Test func `newer filters name field, operation and key`() throws {
        let query = Query("filters%5Bnamespace%5D%5BPREFIX%5D=a.b&filters[labels][EQUALS][team.name]=x:y&page=1")
        let filters = try Filter.all(in: query)
        #expect(
            filters == [
                Filter(field: "namespace", operation: .prefix, key: nil, value: "a.b"),
                Filter(field: "labels", operation: .equals, key: "team.name", value: "x:y"),
            ])
    }

    @Test func `an unknown operation is refused`() {
        #expect(throws: Refusal.self) { try Filter.all(in: Query("filters[state][LIKE]=x")) }
    }

    @Test func `labels are written key and value`() throws {
        #expect(try Label.read(["a:b:c", "k:"]) == [Label(key: "a", value: "b:c"), Label(key: "k", value: "")])
        let error = #expect(throws: Refusal.self) { try Label.read(["nothing"]) }
        #expect(error?.message.contains("Invalid queryString parameter") == true)
    }

    @Test func `namespaces are chosen by all tests`() async throws {
        let known = ["a", "a.b", "ab", "system"]
        var choice = NamespaceChoice()
        #expect(try await choice.filter { known } == .any)
        try choice.limit(toScopes: ["USER"])
        #expect(try await choice.filter { known } == .noneOf(["system"]))
        choice.tests.append(.within("a"))
        #expect(try await choice.filter { known } == .oneOf(["a", "a.b"]))
        choice.tests.append(.within("system"))
        #expect(try await choice.filter { known } == nil)
    }
}

struct KVReadingTests {
    @Test(arguments: [
        ("{\"a\":1}", "JSON"), ("[1,2]", "JSON"), ("\"hello\"", "STRING"), ("\"PT5M\"", "DURATION"), ("12.5", "NUMBER"),
        ("true", "BOOLEAN"), ("2021-09-01", "DATE"), ("2021-09-01T01:02:03Z", "DATETIME"), ("PT5M", "DURATION"),
    ])
    func `a body tells its type`(body: String, kind: String) throws {
        #expect(try KVReading.value(body).0.rawValue == kind)
    }

    @Test(arguments: ["hello", "", "{a:", "null"])
    func `what is neither JSON nor a date is refused`(body: String) {
        #expect(throws: Refusal.self) { try KVReading.value(body) }
    }

    @Test func `keys begin with a letter or digit`() throws {
        #expect(try KVReading.key("a.b_c-1") == "a.b_c-1")
        for wrong in ["", "_a", "a b", "a/b", "é"] { #expect(throws: Refusal.self) { try KVReading.key(wrong) } }
    }
}

struct DocumentTests {
    @Test func `a text holds several documents`() {
        #expect(FlowDocuments.split("id: a\n---\nid: b\n---\n\n") == ["id: a", "id: b"])
        #expect(FlowDocuments.split("") == [""])
        #expect(FlowDocuments.split("text: |\n  --- inside\n") == ["text: |\n  --- inside\n"])
    }

    @Test func `switching off changes one line only`() {
        let source = "id: a\nnamespace: b # here\n\ntasks: []\n"
        let off = DisabledLine.set(true, in: source)
        #expect(off == "id: a\nnamespace: b # here\ndisabled: true\n\ntasks: []\n")
        #expect(DisabledLine.set(false, in: off) == source)
        #expect(DisabledLine.set(true, in: off) == off)
    }

    @Test func `fragments mark what was found`() {
        #expect(SourceFragments.of("LOG", in: "id: a\ntype: x.Log\n") == ["type: x.[mark]Log[/mark]"])
        #expect(SourceFragments.of("", in: "id: a").isEmpty)
    }
}

struct PreviewTests {
    @Test func `Base64 has padding`() {
        #expect(
            ["", "f", "fo", "foo", "foob"].map { Base64.encode(Array($0.utf8)) } == [
                "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==",
            ])
    }

    @Test func `an unknown encoding is refused`() {
        let error = #expect(throws: Refusal.self) { try FilePreview(name: "a.txt", maxRows: 1, encoding: "foo") }
        #expect(error?.message == "Illegal argument: Unable to preview using encoding 'foo'")
    }
}
