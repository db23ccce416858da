import FlowModel
import Foundation
import TaskKit
import Testing

@testable import GitSync

/// Repositories that are not as tidy as the examples.
@Suite struct HostileTests {
    let bench: TaskBench
    let remote: TestRemote

    init() async throws {
        bench = try TaskBench()
        remote = try await TestRemote()
    }

    private func sync(_ more: ValueMap = [:]) async throws -> [String] {
        try await bench.sync(remote, (["targetNamespace": "p"] as ValueMap).merging(more) { _, new in new })
    }

    private func failure(_ more: ValueMap) async -> String {
        let failure = await #expect(throws: TaskFailure.self) { try await sync(more) }
        return failure?.message ?? ""
    }

    @Test func `names with blanks, other letters and capitals`() async throws {
        try await remote.commit([
            "_flows/my flow.yml": Fixture.new("a", "x"), "_flows/Über uns.YAML": Fixture.new("b", "x"),
            "_flows/C.Yml": Fixture.new("c", "x"), "_flows/notes.yml.txt": "no flow", "_flows/yml": "no flow",
        ])
        let rows = try await sync()
        #expect(bench.library.names == ["p.a", "p.b", "p.c"])
        #expect(rows.contains { $0.contains(#"gitPath:"_flows/Über uns.YAML""#) })
        #expect(bench.log.contains { $0.contains("skipped: _flows/notes.yml.txt, _flows/yml") })
        #expect(try await sync().allSatisfy { $0.contains("UNCHANGED") })
    }

    @Test(arguments: ["My Folder", ".github", "Tutorial", "a..b", "ümlaut"])
    func `a folder that can be no namespace is told`(folder: String) async throws {
        try await remote.commit([
            "_flows/a.yml": Fixture.new("a", "x"), "_flows/\(folder)/b.yml": Fixture.new("b", "x"),
        ])
        let told = await failure(["includeChildNamespaces": true])
        #expect(told.contains("Invalid flow imported from Git (\(folder)/b.yml): the folder \"\(folder)\" cannot be"))
        try await remote.commit(["_flows/.kestraignore": "\(folder)/\n"])
        _ = try await sync(["includeChildNamespaces": true])
        #expect(bench.library.names == ["p.a"])
        // Without child namespaces nobody looks into folders.
        #expect(try await sync().count == 1)
    }

    @Test func `folders with dots, digits and dashes are namespaces`() async throws {
        try await remote.commit(["_flows/a.b/1_x/-y/f.yml": Fixture.new("f", "x")])
        _ = try await sync(["includeChildNamespaces": true])
        #expect(bench.library.names == ["p.a.b.1_x.-y.f"])
    }

    @Test(arguments: ["My Namespace", "Prod", ".a", "a..b", "-a"])
    func `a target that is no namespace is refused before anything is asked`(target: String) async throws {
        let properties: ValueMap = ["url": "http://127.0.0.1:9/x.git", "targetNamespace": .string(target)]
        for told in [
            await #expect(throws: TaskFailure.self) { try await bench.run(SyncFlows.self, properties) },
            await #expect(throws: TaskFailure.self) { try await bench.run(PushFlows.self, properties) },
        ] {
            #expect(told?.message.contains("Property `targetNamespace` is `\(target)`, no namespace") == true)
            #expect(told?.property == "targetNamespace")
        }
    }

    @Test func `neighbours whose names begin alike stay`() async throws {
        for namespace in ["git", "github", "git.child", "gitlab.x"] {
            bench.library.save(Fixture.new("old", namespace))
        }
        try await remote.commit(["_flows/new.yml": Fixture.new("new", "x")])
        _ = try await sync(["targetNamespace": "git", "delete": true, "includeChildNamespaces": true])
        #expect(bench.library.names == ["git.new", "github.old", "gitlab.x.old"])
    }

    @Test func `a flow moved to another folder is new there, and gone here with delete`() async throws {
        try await remote.commit(["_flows/a/f.yml": Fixture.new("f", "x")])
        let all: ValueMap = ["includeChildNamespaces": true, "delete": true]
        _ = try await sync(all)
        try await remote.commit(["_flows/a/f.yml": nil, "_flows/b/f.yml": Fixture.new("f", "x")])
        let rows = try await sync(all)
        #expect(
            rows == [
                #"{gitPath:null,syncState:"DELETED",flowId:"f",namespace:"p.a",revision:1}"#,
                #"{gitPath:"_flows/b/f.yml",syncState:"ADDED",flowId:"f",namespace:"p.b",revision:1}"#,
            ])
    }

    @Test func `a mark of the byte order is no part of a flow`() async throws {
        try await remote.commit([
            "_flows/a.yml": "\u{FEFF}namespace: x\nid: a\ntasks: [{id: t, type: t}]\n",
            "_flows/b.yml": "\u{FEFF}id: b\nnamespace: x\ntasks: [{id: t, type: t}]\n",
            "_flows/.kestraignore": "\u{FEFF}c.yml\r\n", "_flows/c.yml": "no flow",
        ])
        _ = try await sync()
        #expect(bench.library.names == ["p.a", "p.b"])
        #expect(bench.library["p", "a"]?.source == "namespace: p\nid: a\ntasks: [{id: t, type: t}]")
    }

    @Test func `CR LF stays as it is, and is no change`() async throws {
        try await remote.commit(["_flows/a.yml": "id: a\r\nnamespace: x # c\r\ntasks: [{id: t, type: t}]\r\n"])
        _ = try await sync()
        #expect(bench.library["p", "a"]?.source == "id: a\r\nnamespace: p\r\ntasks: [{id: t, type: t}]")
        #expect(try await sync().allSatisfy { $0.contains("UNCHANGED") })
    }

    @Test func `a link stands for the folder that it leads to`() async throws {
        try await remote.commit(
            ["kestra/flows/a.yml": Fixture.new("a", "x"), "kestra/shared/s.yml": Fixture.new("s", "x")],
            links: ["flows": "kestra/flows", "kestra/flows/s.yml": "../shared/s.yml", "out": "../elsewhere"])
        let rows = try await sync(["gitDirectory": "flows"])
        #expect(rows.map { $0.contains(#"gitPath:"flows/"#) } == [true, true])
        #expect(bench.library.names == ["p.a", "p.s"])
        try await remote.commit(["kestra/shared/s.yml": Fixture.old("s", "x")])
        #expect(try await sync(["gitDirectory": "flows"]).map { $0.contains("UPDATED") } == [false, true])
        #expect(await failure(["gitDirectory": "out"]).contains("The directory 'out' was not found"))
    }

    @Test func `a file or a submodule is no directory, for a push neither is a link`() async throws {
        try await remote.commit(["a.yml": "x", "kestra/flows/x.yml": "x"], links: ["link": "kestra/flows"])
        try await git(
            "fast-import", "--quiet", "--date-format=raw", at: remote.path,
            input: """
                commit refs/heads/main
                committer Ann <ann@example.org> 1700000000 +0000
                data 1
                x
                from refs/heads/main^0
                M 160000 1234567890123456789012345678901234567890 sub

                """)
        #expect(await failure(["gitDirectory": "a.yml"]).contains("exists but is a file, not a directory"))
        #expect(await failure(["gitDirectory": "sub"]).contains("exists but is a submodule, not a directory"))
        #expect(await failure(["gitDirectory": "a.yml/b"]).contains("was not found"))
        bench.library.save(Fixture.new("f", "p"))
        for (directory, what) in [("a.yml", "a file"), ("sub", "a submodule"), ("link", "a link")] {
            let refused = await #expect(throws: TaskFailure.self) {
                try await bench.push(remote, ["gitDirectory": .string(directory), "sourceNamespace": "p"])
            }
            #expect(refused?.message.contains("exists but is \(what)") == true)
        }
        #expect(try await remote.files().contains("link"))
    }

    @Test func `a push keeps the file of a flow that cannot be read, and a program stays one`() async throws {
        try await remote.commit(["_flows/broken.yaml": "what Git has", "_flows/gone.yml": "x", "_flows/run.yml": "x"])
        try await git(
            "fast-import", "--quiet", "--date-format=raw", at: remote.path,
            input: """
                commit refs/heads/main
                committer Ann <ann@example.org> 1700000000 +0000
                data 1
                x
                from refs/heads/main^0
                M 100755 inline _flows/run.yml
                data 1
                x

                """)
        bench.library.save(Fixture.new("broken", "p"), readable: false)
        bench.library.save(Fixture.new("run", "p"))
        _ = try await bench.push(remote, ["sourceNamespace": "p"])
        #expect(try await remote.files() == ["_flows/broken.yaml", "_flows/run.yml"])
        #expect(try await git("ls-tree", "main", "_flows/run.yml", at: remote.path).hasPrefix("100755"))
    }

    @Test func `a flow larger than the limit is told by its file and spares the others`() async throws {
        let large = Fixture.new("large", "x") + "# " + String(repeating: "x", count: GitLimits.flowBytes) + "\n"
        try await remote.commit(["_flows/large.yml": large, "_flows/small.yml": Fixture.new("small", "x")])
        #expect(await failure([:]).contains("Invalid flow imported from Git (large.yml)"))
        _ = try await sync(["ignoreInvalidFlows": true])
        #expect(bench.library.names == ["p.small"])
    }
}
