import Foundation
import Testing

/// The folder of flows that a server follows, and secrets.
@Suite struct FlowFolderTests {
    @Test func `an edit is a new revision, and a bad edit keeps the last good one`() async throws {
        let (server, folder) = try await Server.with(["hello.yaml": logFlow("hello", "one")])
        #expect(try await server.get("/flows/git/hello").json["revision"] == 1)

        try folder.write("hello.yaml", logFlow("hello", "two"))
        let second = try await server.ask("/flows/git/hello") { $0.json["revision"] == 2 }
        #expect(second.json["revision"] == 2)

        // The next file shows that the bad one before it has been read.
        try folder.write("hello.yaml", "id: hello\nnamespace: git\ntasks: [\n")
        try folder.write("other.yaml", logFlow("other"))
        #expect(try await server.ask("/flows/git/other") { $0.status == 200 }.status == 200)
        #expect(try await server.get("/flows/git/hello").json["revision"] == 2)
        #expect(try await server.log(of: try await server.run("git/hello")) == "two")

        try folder.write("hello.yaml", logFlow("hello", "three"))
        #expect(try await server.ask("/flows/git/hello") { $0.json["revision"] == 3 }.json["revision"] == 3)
        #expect(server.child.errors.contains("hello.yaml:"), "\(server.child.errors)")
    }

    @Test func `a bad file at the start is told with its place, and the others are loaded`() async throws {
        let (server, _) = try await Server.with([
            "bad.yaml": "id: bad\nnamespace: git\ntask: []\n", "a.yaml": logFlow("a"),
        ])
        #expect(server.greeting.contains("flows: 1 loaded"))
        #expect(server.child.errors.contains("bad.yaml:3:1: error:"), "\(server.child.errors)")
    }
}

@Suite struct SecretTests {
    private static let flow = """
        id: keeper
        namespace: git
        tasks:
          - id: say
            type: io.kestra.plugin.core.log.Log
            message: "the token is {{ secret('TOKEN') }}"
          - id: give
            type: io.kestra.plugin.core.debug.Return
            format: "{{ secret('TOKEN') }}"
          - id: shell
            type: io.kestra.plugin.scripts.shell.Script
            env: { VALUE: "{{ secret('TOKEN') }}" }
            script: |
              echo "the shell has $VALUE"
              echo "::{\\"outputs\\":{\\"leak\\":\\"$VALUE\\"}}::"
        """

    @Test func `a secret shows up in no log and no answer`() async throws {
        let value = "correct-horse-battery"
        let (data, flows, secrets) = (
            try Folder(), try Folder(["f.yaml": Self.flow]), try Folder(["TOKEN": value + "\n"])
        )
        let server = try await Server(data: data, flows: flows, secrets: secrets)
        let execution = try await server.run("git/keeper")
        let id = execution["id"].text
        #expect(execution.state == "SUCCESS", "\(execution)")
        let log = try await server.log(of: execution)
        #expect(log.contains("the token is ***") || log.contains("the token is "), "\(log)")
        for path in ["/executions/\(id)", "/logs/\(id)", "/executions/search?namespace=git", "/logs/\(id)/download"] {
            #expect(!(try await server.get(path).text.contains(value)), "\(path)")
        }
        #expect(!server.child.errors.contains(value))
    }

    @Test func `a secret that is not there is named`() async throws {
        let (server, _) = try await Server.with(["f.yaml": Self.flow])
        let execution = try await server.run("git/keeper")
        #expect(execution.state == "FAILED")
        #expect(try await server.log(of: execution).contains("TOKEN"))
    }
}
