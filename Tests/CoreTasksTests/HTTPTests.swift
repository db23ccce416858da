import FlowModel
import TaskKit
import TestSupport
import Testing

@testable import CoreTasks

private func request(_ properties: ValueMap, in world: TestWorld = TestWorld()) async throws -> ValueMap {
    try await HTTPRequestTask.make(properties).run(world.context()).values
}

private func failure(_ properties: ValueMap, in world: TestWorld = TestWorld()) async throws -> String? {
    do throws(TaskFailure) {
        let task: HTTPRequestTask
        do { task = try HTTPRequestTask.make(properties) } catch { throw .of(error) }
        _ = try await task.run(world.context())
        return nil
    } catch {
        return error.message
    }
}

@Suite struct HTTPTests {
    @Test func `A request gives status, headers and body`() async throws {
        try await TinyServer { _ in .init("hällo", headers: [("X-Two", "1"), ("X-Two", "2")]) }.serving { server in
            let outputs = try await request(["uri": .string("\(server.url)/a b?x=1"), "params": ["q": ["ö", "2"]]])
            #expect(outputs["code"] == 200)
            #expect(outputs["body"] == "hällo")
            #expect(outputs["headers"]?["x-two"] == ["1", "2"])
            #expect(server.requests.first?.target == "/a%20b?x=1&q=%C3%B6&q=2")
            #expect(server.requests.first?.headers["content-type"] == "application/json")
        }
    }

    @Test func `Bodies and forms are sent as they should`() async throws {
        let world = TestWorld()
        let file = try await world.vault.store(Array("content".utf8), at: "/x/data.csv")
        try await TinyServer { .init($0.body) }.serving { server in
            let uri = Value.string(server.url)
            let json = try await request(["uri": uri, "method": "post", "body": ["a": 1]])
            #expect(json["body"] == "{\"a\":1}")
            let form: Value = ["a": "1 & 2", "ü": "x"]
            let urlencoded = try await request(["uri": uri, "method": "POST", "formData": form])
            #expect(urlencoded["body"] == "a=1+%26+2&%C3%BC=x")
            #expect(server.requests[1].headers["content-type"] == "application/x-www-form-urlencoded")
            let parts: Value = ["text": "t", "one": .string(file), "two": ["name": "n.txt", "content": .string(file)]]
            let sent = try await request(
                ["uri": uri, "method": "POST", "contentType": "multipart/form-data", "formData": parts], in: world)
            let body = try #require(sent["body"]?.string)
            #expect(body.contains("name=\"text\"\r\n\r\nt\r\n"))
            #expect(body.contains("name=\"one\"; filename=\"data.csv\""))
            #expect(
                body.contains(
                    "name=\"two\"; filename=\"n.txt\"\r\nContent-Type: application/octet-stream\r\n\r\ncontent\r\n"))
        }
    }

    @Test func `Statuses of 400 and more fail unless allowed`() async throws {
        try await TinyServer { _ in .init("no", status: "417 Expectation Failed") }.serving { server in
            let uri = Value.string(server.url + "/x?token=secret")
            let message = try #require(try await failure(["uri": uri]))
            #expect(message.contains("417") && message.contains("no") && !message.contains("secret"))
            let allowed = try await request(["uri": uri, "allowFailed": true])
            #expect(allowed["code"] == 417)
            let listed = try await request(["uri": uri, "options": ["allowedResponseCodes": [417]]])
            #expect(listed["body"] == "no")
        }
    }

    @Test func `Redirects are followed unless told otherwise`() async throws {
        try await TinyServer { request in
            request.target == "/from" ? .init(status: "302 Found", headers: [("Location", "/to")]) : .init("there")
        }.serving { server in
            let uri = Value.string(server.url + "/from")
            let outputs = try await request(["uri": uri])
            #expect(outputs["body"] == "there")
            #expect(outputs["uri"] == .string(server.url + "/to"))
            let stayed = try await request(["uri": uri, "options": ["followRedirects": false]])
            #expect(stayed["code"] == 302)
        }
    }

    @Test func `Credentials are sent in old and new form`() async throws {
        try await TinyServer { .init($0.headers["authorization"] ?? "none") }.serving { server in
            let uri = Value.string(server.url)
            let basic: Value = ["auth": ["username": "user", "password": "pass"]]
            let nested = try await request(["uri": uri, "options": basic])
            #expect(nested["body"] == "Basic dXNlcjpwYXNz")
            let flat: Value = ["basicAuthUser": "user", "basicAuthPassword": "pass"]
            let old = try await request(["uri": uri, "options": flat])
            #expect(old["body"] == "Basic dXNlcjpwYXNz")
            let bearer: Value = ["auth": ["type": "BEARER", "token": "t"]]
            let token = try await request(["uri": uri, "options": bearer])
            #expect(token["body"] == "Bearer t")
        }
    }

    @Test func `What cannot be reached or read is told`() async throws {
        let unreachable = try await failure(["uri": "http://127.0.0.1:1/"])
        #expect(unreachable?.contains("http://127.0.0.1:1/") == true)
        let unknownScheme = try await failure(["uri": "ftp://x"])
        #expect(unknownScheme?.contains("http://") == true)
        try await TinyServer { _ in .init(String(repeating: "x", count: 2000)) }.serving { server in
            let limited: ValueMap = ["uri": .string(server.url), "options": ["maxContentLength": 1000]]
            let tooLong = try await failure(limited)
            #expect(tooLong?.contains("Download") == true)
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:9/", "refused"), ("http://no-such-machine.invalid/", "no address was found"),
    ]) func `What goes wrong with a connection is told in the words of who reads it`(
        uri: String, expected: String
    ) async throws {
        let told = try #require(try await failure(["uri": .string(uri)]))
        #expect(told.contains(expected), "\(told)")
        for raw in ["NIO", "errno", "error set", ".swift", "HTTPClientError", "OPENSSL"] {
            #expect(!told.contains(raw), "\(told)")
        }
    }

    @Test func `A client of its own serves settings of its own`() async throws {
        try await TinyServer { _ in .init("ok") }.serving { server in
            let options: Value = ["timeout": ["connectTimeout": "PT30S", "readIdleTimeout": "PT60S"]]
            let answer = try await request(["uri": .string(server.url), "options": options])
            #expect(answer["body"] == "ok")
        }
    }

    @Test func `Downloads are stored under the server's name or the address's extension`() async throws {
        let world = TestWorld()
        try await TinyServer { request in
            switch request.target {
            case "/named": .init("named", headers: [("Content-Disposition", "attachment; filename=\"a/b c.txt\"")])
            case "/empty": .init(status: "204 No Content")
            case "/short": .init("xx", length: 10)
            default: .init("1,2\n")
            }
        }.serving { server in
            func download(_ path: String, _ more: ValueMap = [:]) async throws -> ValueMap {
                let properties = more.merging(["uri": .string(server.url + path)]) { _, new in new }
                return try await HTTPDownloadTask.make(properties).run(world.context()).values
            }
            let plain = try await download("/data.csv?x=1")
            #expect(plain["length"] == 4)
            let uri = try #require(plain["uri"]?.string)
            #expect(uri.hasSuffix(".csv"))
            #expect(world.vault.text(uri) == "1,2\n")
            #expect(try await download("/named")["uri"]?.string?.hasSuffix("/b+c.txt") == true)
            await #expect(throws: TaskFailure.self) { try await download("/empty") }
            #expect(try await download("/empty", ["failOnEmptyResponse": false])["length"] == 0)
            await #expect(throws: TaskFailure.self) { try await download("/short") }
        }
    }

    @Test func `Names of files are found in Content-Disposition`() {
        #expect(ContentDisposition.fileName("attachment; filename=x.txt") == "x.txt")
        #expect(ContentDisposition.fileName("attachment; filename=\"y\"; filename*=UTF-8''%e2%82%ac.txt") == "€.txt")
        #expect(ContentDisposition.fileName("inline") == nil)
        #expect(ContentDisposition.fileName("attachment; filename=..") == nil)
    }
}
