import Foundation
import Testing

/// Starting, stopping, and what cannot be started.
@Suite struct ServerLifeTests {
    @Test func `a server is ready, says where, and ends when told`() async throws {
        let data = try Folder()
        let server = try await Server(data: data)
        #expect(server.greeting.contains("API   \(server.address)/api/v1"))
        #expect(try await server.get("/health").status == 200)
        #expect(await server.stop() == 0)
    }

    @Test func `the next dates of schedules are shown and kept over a restart`() async throws {
        let flows = try Folder(["sync.yaml": syncFlow("http://127.0.0.1:9/flows.git")])
        let data = try Folder()
        let first = try await Server(data: data, flows: flows)
        let row = try await first.ask("/triggers/search") {
            $0.json["results"].all.contains { !$0["triggerContext"]["nextExecutionDate"].text.isEmpty }
        }
        let next = row.json["results"].all.map { $0["triggerContext"]["nextExecutionDate"].text }.filter { !$0.isEmpty }
        #expect(next.count == 1, "\(row.text)")
        #expect(await first.stop() == 0)
        let second = try await Server(data: data, flows: flows)
        #expect(second.greeting.contains("system.sync_flows_from_git.every_full_hour"))
    }

    @Test func `a port that is taken is one message and exit code 2`() async throws {
        let (first, _) = try await Server.with([:])
        let data = try Folder()
        let port = try #require(first.address.split(separator: ":").last)
        let ended = try await Sluice.run("server", "--data", data.path, "--port", String(port))
        #expect(ended.status == 2)
        #expect(ended.errors.hasPrefix("error: port \(port)"), "\(ended.errors)")
        #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
        #expect(!ended.output.contains("ready in"))
    }

    @Test func `a data folder in use, and one that cannot be made, are told with exit code 2`() async throws {
        let data = try Folder(["file": "no folder"])
        let first = try await Server(data: data)
        let second = try await Sluice.run("server", "--data", data.path, "--port", "0")
        #expect(second.status == 2 && second.errors.contains("stop the other server"), "\(second.errors)")
        let third = try await Sluice.run("server", "--data", data.path + "/file/below", "--port", "0")
        #expect(third.status == 2, "\(third.errors)")
        #expect(third.errors.contains("cannot be made") && third.errors.contains("--data"), "\(third.errors)")
        #expect(await first.stop() == 0)
    }

    @Test func `a wrong configuration and a missing flow folder are told with exit code 2`() async throws {
        let data = try Folder(["config.yaml": "sluice:\n  serve: { port: 1 }\n"])
        let unknown = try await Sluice.run(
            "server", "--data", data.path, "--port", "0", "--config", "config.yaml", at: data.path)
        #expect(unknown.status == 2 && unknown.errors.contains("config.yaml:2:3"), "\(unknown.errors)")
        #expect(unknown.errors.contains("did you mean \"server\"?"))
        let missing = try await Sluice.run("server", "--data", data.path, "--port", "0", "--flows", "/nowhere/at/all")
        #expect(missing.status == 2 && missing.errors.contains("--flows"), "\(missing.errors)")
    }

    @Test func `what the server makes is its user's alone, and scripts keep the mask they would have`() async throws {
        let data = try Folder()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: data.path)
        let flow = """
            id: mask
            namespace: a
            tasks:
              - { id: mask, type: io.kestra.plugin.scripts.shell.Script, script: umask }
            """
        let server = try await Server(data: data, flows: try Folder(["mask.yaml": flow]))
        #expect(
            server.child.errors.contains(
                "warning: the folder \(data.path) is open to other users of this machine (mode 755)\n   fix: chmod 700")
        )
        let mask = try await server.log(of: try await server.run("a/mask")).trimmingCharacters(
            in: .whitespacesAndNewlines)
        let own = try await Child("/bin/sh", ["-c", "umask"], at: "/").ended().output
        #expect(mask + "\n" == own)
        for name in try FileManager.default.contentsOfDirectory(atPath: data.path) {
            let facts = try FileManager.default.attributesOfItem(atPath: data.path + "/" + name)
            let mode = (facts[.posixPermissions] as? NSNumber)?.intValue ?? -1
            #expect(mode == (facts[.type] as? FileAttributeType == .typeDirectory ? 0o700 : 0o600), "\(name)")
        }
    }

    @Test func `a variable of the environment sets what the file does not`() async throws {
        let data = try Folder()
        let environment = ["SLUICE_SERVER__PORT": "0", "SLUICE_SERVER__PRT": "1"]
        let wrong = try await Child(
            Sluice.path, ["server", "--data", data.path], at: data.path, environment: environment
        ).ended()
        #expect(wrong.status == 2 && wrong.errors.contains("SLUICE_SERVER__PRT: sluice.server.prt"), "\(wrong.errors)")
        let child = try Child(
            Sluice.path, ["server", "--data", data.path], at: data.path, environment: ["SLUICE_SERVER__PORT": "0"])
        let greeting = await child.output(until: "ready in")
        #expect(greeting.contains("API   http://127.0.0.1:") && !greeting.contains("127.0.0.1:8080"), "\(greeting)")
        child.signal(SIGTERM)
        #expect(await child.status() == 0)
    }

    /// A folder on a tiny file system of its own; nil where this user may not mount one.
    private func tiny(_ options: String) async throws -> Folder? {
        let folder = try Folder()
        guard getuid() == 0 else { return nil }
        let mounted = try await Child(
            "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", options, "none", folder.path], at: "/"
        ).ended()
        return mounted.status == 0 ? folder : nil
    }

    private func unmount(_ folder: Folder) async throws {
        _ = try await Child("/usr/bin/env", ["umount", folder.path], at: "/").ended()
    }

    @Test(arguments: [("size=40k", "make room on the disk"), ("ro", "--data")])
    func `a full disk and one that takes no writes are one message and exit code 2`(
        _ options: String, _ fix: String
    ) async throws {
        guard let folder = try await tiny(options) else {
            print("not tested: a full disk needs the right to mount a small file system (root)")
            return
        }
        let ended = try await Sluice.run("server", "--data", folder.path, "--port", "0")
        try await unmount(folder)
        #expect(ended.status == 2)
        #expect(ended.errors.contains(fix), "\(ended.errors)")
        #expect(!ended.errors.contains("Error Domain"), "\(ended.errors)")
    }
}
