import Foundation
import Testing

/// Commands that talk to a server.
@Suite struct RemoteCommandTests {
    private static let greeter = """
        id: greeter
        namespace: company.team
        inputs:
          - { id: name, type: STRING, defaults: world }
        tasks:
          - id: say
            type: io.kestra.plugin.core.log.Log
            message: ["one {{ inputs.name }}", "two", "three"]
        """

    private func sluice(_ server: String, _ words: String...) async throws -> Ended {
        try await Child(Sluice.path, words, at: Sluice.home, environment: ["SLUICE_SERVER": server]).ended()
    }

    @Test func `a flow that is not there is named, with the nearest one`() async throws {
        let (server, _) = try await Server.with(["greeter.yaml": Self.greeter])
        for words in [["exec", "start", "company.team/greter"], ["flow", "get", "company.team", "greter"]] {
            let ended = try await Child(
                Sluice.path, words, at: Sluice.home, environment: ["SLUICE_SERVER": server.address]
            ).ended()
            #expect(ended.status == 5)
            #expect(ended.errors.hasPrefix("error: there is no flow company.team/greter\n"), "\(ended.errors)")
            #expect(ended.errors.contains("did you mean company.team/greeter?"))
        }
        let elsewhere = try await sluice(server.address, "flow", "delete", "other/greeter", "--yes")
        #expect(elsewhere.status == 5 && elsewhere.errors.contains("did you mean company.team/greeter?"))
        let far = try await sluice(server.address, "exec", "start", "nope/nope")
        #expect(far.status == 5 && far.errors.contains("`sluice flow list`"), "\(far.errors)")
        let revision = try await sluice(server.address, "flow", "get", "company.team/greeter", "--revision", "9")
        #expect(revision.status == 5 && revision.errors.contains("has no revision 9"), "\(revision.errors)")
    }

    @Test func `an input that the flow does not declare is told before anything starts`() async throws {
        let (server, _) = try await Server.with(["greeter.yaml": Self.greeter])
        let ended = try await sluice(server.address, "exec", "start", "company.team/greeter", "-i", "nmae=x")
        #expect(ended.status == 2)
        #expect(ended.errors.contains("has no input \"nmae\"\n   fix: did you mean \"name\"?"), "\(ended.errors)")
        #expect(try await server.get("/executions/search").json["total"] == 0)
        let good = try await sluice(server.address, "exec", "start", "company.team/greeter", "-i", "name=x", "--wait")
        #expect(good.status == 0 && good.output.contains("SUCCESS"), "\(good)")
    }

    @Test func `logs are listed, followed and refused`() async throws {
        let (server, _) = try await Server.with(["greeter.yaml": Self.greeter])
        let id = try await server.run("company.team/greeter")["id"].text
        let listed = try await sluice(server.address, "exec", "logs", id)
        #expect(listed.output.split(separator: "\n").map { $0.suffix(5) } == ["world", ": two", "three"], "\(listed)")
        let followed = try await sluice(server.address, "exec", "logs", id, "-f")
        #expect(followed.status == 0 && followed.output == listed.output, "\(followed)")
        let document = try JSON(try await sluice(server.address, "exec", "logs", id, "-o", "json").output)
        #expect(document.all.map { $0["message"].text } == ["one world", "two", "three"])
        let lines = try await sluice(server.address, "exec", "logs", id, "-f", "-o", "json").output.split(
            separator: "\n")
        #expect(try lines.map { try JSON(String($0))["message"].text } == ["one world", "two", "three"])
        #expect(try await sluice(server.address, "exec", "logs", id, "--level", "warn").output.isEmpty)
        #expect(try await sluice(server.address, "exec", "logs", id, "--level", "loud").status == 2)
        #expect(try await sluice(server.address, "exec", "logs", "0nINGjB63skjAQuLikBPkE").status == 5)
    }

    /// A server that answers every request with one array of log lines, 66 MiB in all.
    private static let chatty = """
        import http.server
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                line = b'{"timestamp":"t","level":"INFO","taskId":"say","message":"' + b"x" * 65400 + b'"}'
                for number in range(2 if "broken" in self.path else 1056):
                    self.wfile.write((b"," if number else b"[") + line)
                if "broken" not in self.path:
                    self.wfile.write(b"]")
            def log_message(self, *words): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print("ready", server.server_port, flush=True)
        server.serve_forever()
        """

    @Test func `a log of any size is shown, and one that breaks off is no success`() async throws {
        let server = try Child("/usr/bin/env", ["python3", "-c", Self.chatty], at: Sluice.home)
        let port = await server.output(until: "\n").dropFirst(6).trimmingCharacters(in: .whitespacesAndNewlines)
        let script = """
            import resource, subprocess, sys
            child = subprocess.run([sys.argv[1], "exec", "logs", sys.argv[2], "-o", "jsonl"], stdout=subprocess.PIPE)
            print(child.returncode, child.stdout.count(b"\\n"), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let ended = try await Child(
            "/usr/bin/env", ["python3", "-c", script, Sluice.path, "0nINGjB63skjAQuLikBPkE"], at: Sluice.home,
            environment: ["SLUICE_SERVER": "http://127.0.0.1:\(port)"]
        ).ended()
        let numbers = ended.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(numbers.count == 3 && numbers[0] == 0 && numbers[1] == 1056, "\(ended)")
        #expect(numbers.last ?? .max < 160 << 10, "KiB resident")
        let broken = try await sluice("http://127.0.0.1:\(port)", "exec", "logs", "0nbrokenB63skjAQuLikBP")
        #expect(broken.status == 3 && broken.errors.contains("broke off"), "\(broken.errors)")
    }

    @Test func `what a server warns of is shown`() async throws {
        let script = """
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.send_header("Sluice-Warning", "input 'x' is not declared by this flow")
                    self.end_headers()
                    self.wfile.write(b'{"results":[],"total":0}')
                def log_message(self, *words): pass
            server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
            print("ready", server.server_port, flush=True)
            server.serve_forever()
            """
        let server = try Child("/usr/bin/env", ["python3", "-c", script], at: Sluice.home)
        let port = await server.output(until: "\n").dropFirst(6).trimmingCharacters(in: .whitespacesAndNewlines)
        let ended = try await sluice("http://127.0.0.1:\(port)", "exec", "list")
        #expect(
            ended.status == 0 && ended.errors.hasPrefix("warning: input 'x' is not declared by this flow\n"), "\(ended)"
        )
    }

    @Test func `an execution that has ended cannot be killed`() async throws {
        let (server, _) = try await Server.with(["greeter.yaml": Self.greeter])
        let id = try await server.run("company.team/greeter")["id"].text
        let ended = try await sluice(server.address, "exec", "kill", id)
        #expect(ended.status == 6 && ended.errors.hasPrefix("error: "), "\(ended)")
        #expect(!ended.errors.contains("is being killed"))
    }

    @Test func `the server says how many secrets there are, and counts no page for people`() async throws {
        let secrets = try Folder(["README.md": "a page", ".hidden": "x", "TOKEN": "value-of-the-token", "below/x": "y"])
        let server = try await Server(data: try Folder(), secrets: secrets)
        #expect(server.greeting.contains("secrets: 1 in "), "\(server.greeting)")
        #expect(server.greeting.contains("auth  off: only this machine reaches it"))
        #expect(!server.greeting.contains("value-of-the-token") && !server.child.errors.contains("value-of-the-token"))
    }
}
