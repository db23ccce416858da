import Foundation
import Testing

/// `sluice exec`: executions that fail, that are large, that are interrupted; `sluice flow apply`.
@Suite struct ExecutionCommandTests {
    private static let failing = """
        id: failing
        namespace: company.team
        tasks:
          - id: fine
            type: io.kestra.plugin.core.log.Log
            level: ERROR
            message: not the reason
          - id: broken
            type: io.kestra.plugin.scripts.shell.Script
            script: |
              echo "the disk is on fire" >&2
              exit 3
        """

    private func sluice(_ server: String, _ words: String..., at folder: String = Sluice.home) async throws -> Ended {
        try await Child(Sluice.path, words, at: folder, environment: ["SLUICE_SERVER": server]).ended()
    }

    @Test func `an execution that failed says why`() async throws {
        let (server, _) = try await Server.with(["failing.yaml": Self.failing])
        let started = try await sluice(server.address, "exec", "start", "company.team/failing", "--wait")
        #expect(started.status == 1 && started.output.contains("broken"), "\(started)")
        #expect(started.errors.contains("error: broken: the disk is on fire\n"), "\(started.errors)")
        #expect(!started.errors.contains("not the reason"), "\(started.errors)")
        let id = String(started.output.prefix { $0 != " " })
        let got = try await sluice(server.address, "exec", "get", id)
        #expect(got.status == 0 && got.output == started.output && got.errors == started.errors, "\(got)")
        let short = try await sluice(server.address, "exec", "get", String(id.prefix(12)), "-o", "json")
        #expect(try JSON(short.output)["id"].text == id && short.errors.isEmpty, "\(short)")
        let none = try await sluice(server.address, "exec", "get", "zzzz")
        #expect(none.status == 5 && none.errors.contains("begins with zzzz"), "\(none)")
    }

    @Test func `an id that is cut too short is no id`() async throws {
        let (server, _) = try await Server.with(["say.yaml": logFlow("say")])
        let ids = [try await server.run("git/say")["id"].text, try await server.run("git/say")["id"].text]
        let ended = try await sluice(server.address, "exec", "logs", String(ids[0].prefix(3)))
        #expect(ended.status == 2 && ended.errors.contains("2 executions have an id that begins with"), "\(ended)")
        #expect(ended.errors.contains(ids[0]) && ended.errors.contains(ids[1]))
    }

    @Test func `logs may be cut to the last lines, and to those since a moment`() async throws {
        let flow = logFlow("say", #"["a", "b", "c", "d"]"#)
        let (server, _) = try await Server.with(["say.yaml": flow])
        let id = try await server.run("git/say")["id"].text
        func ends(_ words: String...) async throws -> [Substring] {
            try await Child(
                Sluice.path, ["exec", "logs", id] + words, at: Sluice.home,
                environment: ["SLUICE_SERVER": server.address]
            ).ended().output.split(separator: "\n").map { $0.suffix(1) }
        }
        #expect(try await ends("--tail", "2") == ["c", "d"])
        #expect(try await ends("--tail", "2", "-f") == ["c", "d"])
        #expect(try await ends("--tail", "0").isEmpty)
        #expect(try await ends("--since", "1h") == ["a", "b", "c", "d"])
        #expect(try await ends("--since", "2100-01-01T00:00:00Z").isEmpty)
        let document = try await sluice(server.address, "exec", "logs", id, "--tail", "1", "-o", "json")
        #expect(try JSON(document.output).all.map { $0["message"].text } == ["d"])
        #expect(try await sluice(server.address, "exec", "logs", id, "--since", "soon").status == 2)
    }

    /// A server whose one execution has 200,000 task runs: an answer of 90 MiB.
    private static let large = """
        import http.server, json
        head = b'{"id":"0nINGjB63skjAQuLikBPkE","namespace":"a","flowId":"b","flowRevision":1,"taskRunList":['
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, text):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text)
            def do_POST(self): self.answer(head + b'],"state":{"current":"CREATED"}}')
            def do_GET(self):
                if "/flows/" in self.path: return self.answer(b'{"inputs":[]}')
                if "/follow" in self.path: return self.answer(b'id: 1\\nevent: end\\ndata: {}\\n\\n')
                run = b'{"id":"%d","taskId":"t","note":"' + b"\\xc3\\xa4" * 200 + b'","state":{"current":"SUCCESS"}}'
                self.answer(head + b",".join(run % n for n in range(200000)) + b'],"state":{"current":"SUCCESS"}}')
            def log_message(self, *words): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print("ready", server.server_port, flush=True)
        server.serve_forever()
        """

    @Test func `an execution of any size is shown, and is the success that it is`() async throws {
        let server = try Child("/usr/bin/env", ["python3", "-c", Self.large], at: Sluice.home)
        let port = await server.output(until: "\n").dropFirst(6).trimmingCharacters(in: .whitespacesAndNewlines)
        let script = """
            import resource, subprocess, sys
            child = subprocess.run([sys.argv[1], "exec"] + sys.argv[2:], stdout=subprocess.PIPE)
            text = child.stdout.decode()
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            print(child.returncode, text.count("\\n"), text.count("\u{e4}"), most, text.strip().split("\\n")[-1][-80:])
            """
        for (words, lines, letters) in [
            (["get", "0nINGjB63skjAQuLikBPkE"], 303, 0), (["start", "a/b", "--wait"], 303, 0),
            (["get", "0nINGjB63skjAQuLikBPkE", "-o", "json"], 1, 40_000_000),
        ] {
            let ended = try await Child(
                "/usr/bin/env", ["python3", "-c", script, Sluice.path] + words, at: Sluice.home,
                environment: ["SLUICE_SERVER": "http://127.0.0.1:\(port)", "PYTHONIOENCODING": "utf-8"]
            ).ended()
            let numbers = ended.output.split(separator: " ").prefix(4).compactMap { Int($0) }
            #expect(numbers.count == 4 && numbers.prefix(3) == [0, lines, letters], "\(ended)")
            #expect(letters > 0 || ended.output.contains("… and 199700 more: 199700 SUCCESS (use -o json)"), "\(ended)")
            #expect(numbers.last ?? .max < 160 << 10, "KiB resident")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a wait that is interrupted kills the execution`(_ signal: Int32) async throws {
        let flow = """
            id: slow
            namespace: a
            tasks:
              - { id: wait, type: io.kestra.plugin.core.flow.Sleep, duration: PT10M }
            """
        let (server, _) = try await Server.with(["slow.yaml": flow])
        let child = try Child(
            Sluice.path, ["exec", "start", "a/slow", "--wait"], at: Sluice.home,
            environment: ["SLUICE_SERVER": server.address])
        _ = try await server.ask("/executions/search") { $0.json["results"][0].state == "RUNNING" }
        child.signal(signal)
        let ended = await child.ended()
        #expect(ended.status == 130 && ended.errors.contains("is being killed"), "\(ended)")
        let found = try await server.get("/executions/search").json["results"][0]
        #expect(found.state == "KILLED", "\(found)")
    }

    @Test func `flows are stored all or none, and what is wrong is told as validate does`() async throws {
        let (server, _) = try await Server.with([:])
        let folder = try Folder(["a.yaml": logFlow("a"), "b.yaml": "id: b\n  namespace: [x\n", "c.yaml": logFlow("c")])
        let refused = try await sluice(server.address, "flow", "apply", "a.yaml", "b.yaml", at: folder.path)
        #expect(refused.status == 1 && refused.output.isEmpty, "\(refused)")
        #expect(refused.errors.hasPrefix("b.yaml:2:12: error: YAML: "), "\(refused.errors)")
        #expect(refused.errors.hasSuffix("nothing was stored: 1 of 2 flows is not valid\n"), "\(refused.errors)")
        #expect(try await server.get("/flows/search").json["total"] == 0)
        try folder.write("twice.yaml", logFlow("a", "again"))
        let twice = try await sluice(server.address, "flow", "apply", "a.yaml", "twice.yaml", at: folder.path)
        #expect(twice.status == 2 && twice.errors.hasSuffix("nothing was stored\n"), "\(twice)")
        let good = try await sluice(server.address, "flow", "apply", "a.yaml", "c.yaml", "-o", "name", at: folder.path)
        #expect(good.status == 0 && good.output == "git/a\ngit/c\n", "\(good)")
        // Each is stored as its file has it, so that the same file is no new revision.
        let again = try await sluice(server.address, "flow", "apply", "a.yaml", at: folder.path)
        #expect(again.output.hasSuffix("a   1\n"), "\(again)")
        let source = try await sluice(server.address, "flow", "get", "git/a")
        #expect(source.output == logFlow("a"))
    }
}
