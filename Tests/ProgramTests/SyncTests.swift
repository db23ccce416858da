import Foundation
import Testing

/// The example sync flow against a real Git server.
@Suite struct SyncTests {
    /// A server whose flow folder holds the sync flow for this remote, with changes, and the token as its secret.
    private func server(
        _ url: String, _ changes: [String: String] = [:], token: String = Remote.token, more: [String: String] = [:]
    ) async throws -> Server {
        var files = more
        files["sync.yaml"] = try syncFlow(url, changes)
        let (data, flows, secrets) = (try Folder(), try Folder(files), try Folder(["GITHUB_ACCESS_TOKEN": token]))
        return try await Server(data: data, flows: flows, secrets: secrets)
    }

    private func sync(_ server: Server) async throws -> JSON { try await server.run("system/sync_flows_from_git") }

    /// The ids of the flows below namespace `git`, with their namespaces.
    private func flows(_ server: Server) async throws -> [String] {
        try await server.get("/flows/search?namespace=git&size=100").json["results"].all
            .map { $0["namespace"].text + "." + $0["id"].text }.sorted()
    }

    private func rows(_ server: Server, _ execution: JSON, task: Int = 0) async throws -> String {
        let uri = execution["taskRunList"][task]["outputs"]["flows"].text
        return try await server.get("/executions/\(execution["id"].text)/file?path=\(uri)").text
    }

    @Test func `flows come by webhook, change, and come again; a dry run changes nothing`() async throws {
        let remote = try await Remote()
        try await remote.commit([
            "flows/a.yaml": logFlow("a", namespace: "elsewhere"), "flows/tutorial/b.yml": logFlow("b"),
            "README.md": "hi",
        ])
        let dry = try syncFlow(remote.url, ["dryRun: false": "dryRun: true", "key: abcdefg": "key: other"], id: "dry")
        let server = try await server(remote.url, more: ["dry.yaml": dry])

        let preview = try await server.run("system/dry")
        #expect(preview.state == "SUCCESS")
        #expect(try await rows(server, preview).contains(#"syncState:"ADDED""#))
        #expect(try await flows(server).isEmpty)

        let started = try await server.post("/executions/webhook/system/sync_flows_from_git/abcdefg", #"{"ref":"x"}"#)
        #expect(try await server.end(of: started.json["id"].text).state == "SUCCESS")
        #expect(try await flows(server) == ["git.a", "git.tutorial.b"])
        #expect(try await server.run("git.tutorial/b").state == "SUCCESS")

        let again = try await sync(server)
        #expect(!(try await rows(server, again).contains("UPDATED")))
        try await remote.commit(["flows/a.yaml": logFlow("a", "changed", namespace: "elsewhere")])
        _ = try await sync(server)
        #expect(try await server.get("/flows/git/a").json["revision"] == 2)
        #expect(try await server.log(of: try await server.run("git/a")) == "changed")
    }

    @Test func `flows changed on the server go back as one commit`() async throws {
        let remote = try await Remote()
        try await remote.commit(["flows/a.yml": logFlow("a"), "flows/deep/b.yml": logFlow("b"), "other.txt": "stays"])
        let push = try String(contentsOfFile: Sluice.home + "/flows/push-to-git.yaml", encoding: .utf8)
            .replacing("http://127.0.0.1:8099/flows.git", with: remote.url)
        let server = try await server(remote.url, more: ["push.yaml": push])
        #expect(try await sync(server).state == "SUCCESS")
        let changed = try await server.ask(
            "PUT", "/flows/git/a", Data(logFlow("a", "from the server").utf8), type: "application/x-yaml")
        #expect(changed.status == 200)

        let dry = try await server.run("system/push_flows_to_git", ["dry_run": "true"])
        #expect(dry.state == "SUCCESS")
        #expect(try await remote.show("flows/a.yml") == logFlow("a").trimmingCharacters(in: .newlines))
        let pushed = try await server.run("system/push_flows_to_git")
        #expect(pushed.state == "SUCCESS", "\(pushed)")
        #expect(try await remote.show("flows/a.yml").contains("from the server"))
        #expect(try await remote.show("flows/deep/b.yml").contains("id: b"))
        #expect(try await remote.show("other.txt") == "stays")
        #expect(!pushed["outputs"]["commit"].text.isEmpty)
    }

    @Test func `what cannot be reached or read fails with the reason and applies nothing`() async throws {
        let remote = try await Remote()
        try await remote.commit(["flows/a.yaml": logFlow("a")])
        for (changes, token, reason) in [
            ([remote.url: "http://127.0.0.1:9/flows.git"], Remote.token, "127.0.0.1"),
            ([:], "wrong-token-of-the-test", "not authorized"),
            (["branch: main": "branch: nowhere"], Remote.token, "nowhere"),
            (["gitDirectory: flows": "gitDirectory: missing"], Remote.token, "The directory 'missing' was not found"),
        ] {
            let server = try await server(remote.url, changes, token: token)
            let execution = try await sync(server)
            let log = try await server.log(of: execution)
            #expect(execution.state == "FAILED", "\(reason)")
            #expect(log.contains(reason), "\(log)")
            #expect(!log.contains(token))
            #expect(try await flows(server).isEmpty)
            #expect(await server.stop() == 0)
        }
    }

    @Test func `an invalid flow in Git stops all, unless it is to be ignored`() async throws {
        let remote = try await Remote()
        try await remote.commit(["flows/a.yaml": logFlow("a"), "flows/b.yaml": "id: b\ntasks: oops\n"])
        let strict = try await server(remote.url)
        let refused = try await sync(strict)
        #expect(refused.state == "FAILED")
        #expect(try await strict.log(of: refused).contains("Invalid flow imported from Git (b.yaml)"))
        #expect(try await flows(strict).isEmpty)

        let lenient = try await server(remote.url, ["dryRun: false": "ignoreInvalidFlows: true"])
        let applied = try await sync(lenient)
        #expect(applied.state == "SUCCESS" || applied.state == "WARNING")
        #expect(try await flows(lenient) == ["git.a"])
    }

    enum Hostility: CaseIterable { case entryAbove, link, hugeFile, aliases }

    @Test(arguments: Hostility.allCases)
    func `a hostile repository changes nothing outside and brings nothing down`(_ hostility: Hostility) async throws {
        let remote = try await Remote()
        let root = try Folder(["outside.yaml": logFlow("outside")])
        switch hostility {
        case .entryAbove: try await remote.commitEntryAbove(logFlow("evil"))
        case .link:
            try await remote.commit(["flows/good.yaml": logFlow("good")])
            try await remote.commitLink("flows/link.yaml", to: root.path + "/outside.yaml")
        case .hugeFile:
            try await remote.commit(["flows/huge.yaml": logFlow("huge", String(repeating: "x", count: 40_000_000))])
        case .aliases:
            var bomb = "id: bomb\nnamespace: git\nvariables:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            for n in 1...9 {
                bomb += "  a\(n): &a\(n) [" + Array(repeating: "*a\(n - 1)", count: 10).joined(separator: ", ") + "]\n"
            }
            try await remote.commit([
                "flows/bomb.yaml": bomb + logFlow("x").split(separator: "\n").dropFirst(2).joined(separator: "\n")
            ])
        }
        let server = try await server(remote.url)
        let start = ContinuousClock.now
        let execution = try await sync(server)
        #expect(["SUCCESS", "WARNING", "FAILED"].contains(execution.state))
        #expect(start.duration(to: .now) < .seconds(120))
        let found = try await flows(server)
        #expect(Set(found).isSubset(of: ["git.good", "git.evil"]), "\(found)")
        #expect(!found.contains("git.outside"))
        // `good.yaml` of the first case holds the flow `evil`; either all of an honest folder is taken or nothing.
        #expect(try await server.get("/health").status == 200)
    }
}
