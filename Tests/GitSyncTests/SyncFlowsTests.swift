import FlowModel
import TaskKit
import Testing

@testable import GitSync

/// The cases of SyncFlows by their names. Source: git-tests spec §1, §2.
@Suite struct SyncFlowsTests {
    let bench: TaskBench
    private let common: ValueMap = [
        "branch": "sync", "gitDirectory": "to_clone/_flows", "targetNamespace": "my.namespace",
    ]

    init() throws { bench = try TaskBench() }

    private func store(child: String = "my.namespace.child") {
        for (id, namespace) in [
            ("first-flow", "my.namespace"), ("flow-to-delete", child), ("self_flow", "my.namespace"),
            ("unchanged-flow", "my.namespace"), ("unpresent-on-git-flow", "another.namespace"),
        ] {
            bench.library.save(Fixture.old(id, namespace))
        }
    }

    private func with(_ more: ValueMap) -> ValueMap { common.merging(more) { _, new in new } }

    private static let rowsOfAll = [
        #"{gitPath:"to_clone/_flows/first-flow.yml",syncState:"UPDATED",flowId:"first-flow",namespace:"my.namespace",revision:2}"#,
        #"{gitPath:"to_clone/_flows/nested/namespace/nested_flow.yaml",syncState:"ADDED",flowId:"nested-flow",namespace:"my.namespace.nested.namespace",revision:1}"#,
        #"{gitPath:"to_clone/_flows/second-flow.yml",syncState:"ADDED",flowId:"second-flow",namespace:"my.namespace",revision:1}"#,
        #"{gitPath:"to_clone/_flows/unchanged-flow.yaml",syncState:"UNCHANGED",flowId:"unchanged-flow",namespace:"my.namespace",revision:1}"#,
    ]
    private static let deletedRow =
        #"{gitPath:null,syncState:"DELETED",flowId:"flow-to-delete",namespace:"my.namespace.child",revision:1}"#

    @Test func `SF-01, SF-08: everything, and again`() async throws {
        store()
        let remote = try await Fixture.first()
        let properties = with(["includeChildNamespaces": true, "delete": true, "ignoreInvalidFlows": true])
        #expect(try await bench.sync(remote, properties) == [Self.deletedRow] + Self.rowsOfAll)
        #expect(
            bench.library.names == [
                "another.namespace.unpresent-on-git-flow", "my.namespace.first-flow", "my.namespace.second-flow",
                "my.namespace.self_flow", "my.namespace.unchanged-flow", "my.namespace.nested.namespace.nested-flow",
            ])
        #expect(bench.library["my.namespace", "first-flow"]?.revision == 2)
        let before = bench.library.all
        _ = bench.library.calls
        let again = try await bench.sync(remote, properties)
        #expect(again.count == 4 && again.allSatisfy { $0.contains("UNCHANGED") })
        #expect(again[0].contains("revision:2"))
        #expect(bench.library.all == before)
        #expect(bench.library.calls == [])
    }

    @Test func `SF-02: a flow that no longer parses is deleted too`() async throws {
        store()
        bench.library.save(Fixture.old("validation-failed-flow", "my.namespace"), readable: false)
        let rows = try await bench.sync(
            try await Fixture.first(),
            with(["includeChildNamespaces": true, "delete": true, "ignoreInvalidFlows": true]))
        #expect(
            rows.contains(
                #"{gitPath:null,syncState:"DELETED",flowId:"validation-failed-flow",namespace:"my.namespace",revision:1}"#
            ))
    }

    @Test func `SF-03: without delete nothing goes`() async throws {
        store(child: "my.namespace")
        let rows = try await bench.sync(try await Fixture.first(), with(["includeChildNamespaces": true]))
        #expect(rows == Self.rowsOfAll)
        #expect(bench.library.all.count == 7)
    }

    @Test func `SF-04: a dry run tells the same and changes nothing`() async throws {
        store()
        let before = bench.library.all
        let rows = try await bench.sync(
            try await Fixture.first(), with(["includeChildNamespaces": true, "delete": true, "dryRun": true]))
        #expect(rows == [Self.deletedRow] + Self.rowsOfAll)
        #expect(bench.library.all == before)
    }

    @Test func `SF-05, SF-16: a missing directory`() async throws {
        let remote = try await Fixture.first()
        let missing = with(["gitDirectory": "nonexistent/path"])
        let failure = await #expect(throws: TaskFailure.self) { try await bench.sync(remote, missing) }
        #expect(failure?.message.contains("The directory 'nonexistent/path' was not found") == true)
        #expect(failure?.message.contains("sync") == true)
        let lenient = missing.merging(["failOnMissingDirectory": false]) { _, new in new }
        #expect(try await bench.sync(remote, lenient) == [])
        // D22: a namespace is never emptied because a directory is missing.
        await #expect(throws: TaskFailure.self) {
            try await bench.sync(remote, lenient.merging(["delete": true]) { _, new in new })
        }
        let file = await #expect(throws: TaskFailure.self) {
            try await bench.sync(remote, with(["gitDirectory": "to_clone/cloned.json"]))
        }
        #expect(file?.message.contains("exists but is a file") == true)
    }

    @Test func `SF-06, SF-07: a flow that is not valid`() async throws {
        let remote = try await TestRemote()
        try await remote.commit([
            "_flows/invalid-flow.yaml": Fixture.bad("invalid-flow", "my.namespace"),
            "_flows/good.yml": Fixture.new("good", "x"),
        ])
        let failure = await #expect(throws: TaskFailure.self) {
            try await bench.sync(remote, ["targetNamespace": "my.namespace"])
        }
        #expect(failure?.message.contains("Invalid flow imported from Git (invalid-flow.yaml): Invalid type") == true)
        #expect(bench.library.all.isEmpty)
        _ = bench.log
        let rows = try await bench.sync(remote, ["targetNamespace": "my.namespace", "ignoreInvalidFlows": true])
        #expect(rows.count == 1)
        #expect(bench.library.names == ["my.namespace.good"])
        #expect(bench.log.contains { $0.hasPrefix("WARN") && $0.contains("invalid-flow.yaml") })
    }

    @Test func `D11: an invalid file protects its flow`() async throws {
        let remote = try await TestRemote()
        bench.library.save(Fixture.old("kept", "p"))
        bench.library.save(Fixture.old("stem", "p"))
        bench.library.save(Fixture.old("gone", "p"))
        try await remote.commit([
            "_flows/x.yml": Fixture.bad("kept", "p"), "_flows/stem.yml": "[not a flow",
            "_flows/ok.yml": Fixture.new("ok", "p"),
        ])
        _ = try await bench.sync(remote, ["targetNamespace": "p", "ignoreInvalidFlows": true, "delete": true])
        #expect(bench.library.names == ["p.kept", "p.ok", "p.stem"])
    }

    @Test func `SF-09, SF-10, SF-11, SF-17, SF-21: folders, extensions, ids`() async throws {
        let remote = try await TestRemote()
        try await remote.commit([
            "_flows/a.yml": Fixture.new("real-id", "x"), "_flows/b.YAML": Fixture.new("b", "x"),
            "other/b.yml": Fixture.new("c", "x"),
            "kestra/flows/a.yml": Fixture.new("d", "x"), "_flows/README.md": "about", "_flows/.gitkeep": "",
        ])
        let rows = try await bench.sync(remote, ["targetNamespace": "p"])
        #expect(rows.map { $0.split(separator: "\"")[1] } == ["_flows/a.yml", "_flows/b.YAML"])
        #expect(bench.library.names == ["p.b", "p.real-id"])
        #expect(bench.log.filter { $0.hasPrefix("WARN") }.count == 1)
        // The next run warns again, without looking at any file.
        _ = try await bench.sync(remote, ["targetNamespace": "p"])
        #expect(bench.log.filter { $0.hasPrefix("WARN") && $0.contains("README.md") }.count == 1)
        let deep = try await bench.sync(remote, ["targetNamespace": "p", "gitDirectory": "/kestra//flows/"])
        #expect(deep.count == 1 && deep[0].contains(#"gitPath:"kestra/flows/a.yml""#))
    }

    @Test func `SF-12, SF-13, SF-23: folders are child namespaces`() async throws {
        let remote = try await TestRemote()
        try await remote.commit([
            "_flows/flow1.yml": Fixture.new("f", "dev"),
            "_flows/marketing/flow3.yml": Fixture.new("f", "dev.marketing"),
            "_flows/marketing/crm/flow5.yml": Fixture.new("f", "dev.marketing.crm"),
        ])
        #expect(try await bench.sync(remote, ["targetNamespace": "prod"]).count == 1)
        _ = try await bench.sync(remote, ["targetNamespace": "prod", "includeChildNamespaces": true])
        #expect(bench.library.names == ["prod.f", "prod.marketing.f", "prod.marketing.crm.f"])
    }

    @Test func `SF-14: ignored files are as if they were not there`() async throws {
        bench.library.save(Fixture.old("ignored-flow", "my.namespace"))
        let rows = try await bench.sync(try await Fixture.first(), with(["delete": true]))
        #expect(!rows.contains { $0.contains("ignore") && !$0.contains("DELETED") })
        #expect(bench.library["my.namespace", "ignored-flow"] == nil)
    }

    @Test func `SF-18, SF-19: only the namespace's line and the end change`() async throws {
        let remote = try await TestRemote()
        try await remote.commit([
            "_flows/a.yml": "id: a\nnamespace: dev # team dev\n# note\ntasks:\n  - id: x\n    type: t\n\n\n"
        ])
        _ = try await bench.sync(remote, ["targetNamespace": "prod"])
        #expect(bench.library["prod", "a"]?.source == "id: a\nnamespace: prod\n# note\ntasks:\n  - id: x\n    type: t")
    }

    @Test func `SF-20: a deleted flow continues its revisions`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["_flows/x.yml": Fixture.new("x", "p")])
        for i in 1...3 { bench.library.save(Fixture.old("x", "p") + "\n# \(i)") }
        bench.library.delete(FlowKey(namespace: "p", id: "x"))
        for dryRun in [true, false] {
            let rows = try await bench.sync(remote, ["targetNamespace": "p", "dryRun": .bool(dryRun)])
            #expect(rows.count == 1 && rows[0].contains("ADDED") && rows[0].contains("revision:5"))
        }
    }

    @Test func `SF-24, SF-25: renamed files and changed ids`() async throws {
        let remote = try await TestRemote()
        let properties: ValueMap = ["targetNamespace": "p", "delete": true]
        try await remote.commit(["_flows/a.yml": Fixture.new("a", "p"), "_flows/z.yml": Fixture.new("z", "p")])
        _ = try await bench.sync(remote, properties)
        try await remote.commit(["_flows/a.yml": nil, "_flows/b.yml": Fixture.new("a", "p")])
        let renamed = try await bench.sync(remote, properties)
        #expect(renamed.count == 2 && renamed.allSatisfy { $0.contains("UNCHANGED") })
        #expect(renamed[0].contains("_flows/b.yml"))
        try await remote.commit(["_flows/b.yml": Fixture.new("c", "p")])
        let changed = try await bench.sync(remote, properties)
        #expect(changed.count == 3)
        #expect(changed[0] == #"{gitPath:null,syncState:"DELETED",flowId:"a",namespace:"p",revision:1}"#)
        #expect(changed[1].contains("ADDED"))
        #expect(bench.library.names == ["p.c", "p.z"])
    }

    @Test func `one changed file costs that file`() async throws {
        let remote = try await TestRemote()
        var files: [String: String] = ["other/big": "x"]
        for i in 1...300 { files["_flows/f\(i).yml"] = Fixture.new("f\(i)", "p") }
        try await remote.commit(files)
        let properties: ValueMap = ["targetNamespace": "p", "delete": true]
        #expect(try await bench.sync(remote, properties).count == 300)
        _ = bench.library.calls
        try await remote.commit(["_flows/f7.yml": Fixture.old("f7", "p"), "_flows/f8.yml": nil])
        let rows = try await bench.sync(remote, properties)
        #expect(rows.filter { !$0.contains("UNCHANGED") }.count == 2)
        #expect(rows.count == 300)
        #expect(bench.library.calls == ["check 1", "flows of 2", "apply 1 1"])
        #expect(bench.library["p", "f7"]?.revision == 2)
        // A commit elsewhere in the repository changes nothing here.
        try await remote.commit(["other/big": "y"])
        _ = try await bench.sync(remote, properties)
        #expect(bench.library.calls == [])
    }

    @Test func `an edit made meanwhile is overwritten although Git did not move`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["_flows/a.yml": Fixture.new("a", "p")])
        _ = try await bench.sync(remote, ["targetNamespace": "p"])
        bench.library.save(Fixture.old("a", "p"))
        let rows = try await bench.sync(remote, ["targetNamespace": "p"])
        #expect(rows.count == 1 && rows[0].contains("UPDATED") && rows[0].contains("revision:3"))
        #expect(bench.library["p", "a"]?.source == Fixture.new("a", "p").trimmedMessage)
    }

    @Test func `nothing new is one exchange`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["_flows/a.yml": Fixture.new("a", "p")])
        _ = try await bench.sync(remote, ["targetNamespace": "p"])
        let before = remote.requests.count
        _ = try await bench.sync(remote, ["targetNamespace": "p"])
        #expect(remote.requests.count == before + 1)
    }

    @Test func `D17: a flow that two files define is an error naming both`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["_flows/a.yml": Fixture.new("x", "p"), "_flows/b.yml": Fixture.new("x", "p")])
        let failure = await #expect(throws: TaskFailure.self) { try await bench.sync(remote, ["targetNamespace": "p"]) }
        #expect(failure?.message.contains("_flows/a.yml") == true && failure?.message.contains("_flows/b.yml") == true)
    }

    @Test func `D2: a branch that does not exist is an error naming branch and url`() async throws {
        let remote = try await Fixture.first()
        let failure = await #expect(throws: TaskFailure.self) {
            try await bench.sync(remote, ["targetNamespace": "p", "branch": "mian"])
        }
        #expect(failure?.message.contains("'mian'") == true && failure?.message.contains(remote.url) == true)
    }

    @Test func `an empty repository is like a missing directory`() async throws {
        let remote = try await TestRemote()
        let failure = await #expect(throws: TaskFailure.self) { try await bench.sync(remote, ["targetNamespace": "p"]) }
        #expect(failure?.message.contains("The directory '_flows' was not found") == true)
    }

    @Test func `D3, D15: neighbours and the running flow stay`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["_flows/a.yml": Fixture.new("a", "dev")])
        for namespace in ["dev", "dev.sub", "development"] { bench.library.save(Fixture.old("x", namespace)) }
        bench.library.save(Fixture.old("self_flow", "dev"))
        _ = try await bench.sync(
            remote, ["targetNamespace": "dev", "delete": true, "includeChildNamespaces": true],
            flow: FlowKey(namespace: "dev", id: "self_flow"))
        #expect(bench.library.names == ["dev.a", "dev.self_flow", "development.x"])
    }

    @Test func `CM-20: a directory never leaves the repository`() async throws {
        let remote = try await Fixture.first()
        await #expect(throws: TaskFailure.self) {
            try await bench.sync(remote, ["targetNamespace": "p", "gitDirectory": "../x"])
        }
        #expect(!remote.requests.contains { $0.hasPrefix("GET") })
    }

    @Test(arguments: ["my-password", "", "x{{ secret('P') }}"]) func `CM-01, CM-24, CM-25: literal credentials`(
        password: String
    ) async throws {
        let dead: ValueMap = [
            "url": "http://127.0.0.1:9/x.git", "targetNamespace": "p", "username": "ann", "password": .string(password),
        ]
        let sync = await #expect(throws: TaskFailure.self) { try await bench.run(SyncFlows.self, dead) }
        #expect(sync?.message.contains("hard-coded Git credentials") == true)
        let push = await #expect(throws: TaskFailure.self) {
            try await bench.run(PushFlows.self, dead.filter { $0.key != "targetNamespace" })
        }
        #expect(push?.message.contains("hard-coded Git credentials") == true)
        if password.count > 1 { #expect(push?.message.contains(password) == false) }
    }

    @Test func `CM-05, CM-06: an expression passes, and is used`() async throws {
        let remote = try await TestRemote(guarded: true)
        try await remote.commit(["_flows/a.yml": Fixture.new("a", "p")])
        let properties: ValueMap = [
            "url": .string(remote.url), "targetNamespace": "p", "username": "ann", "password": "  {{ envs.pat }}",
        ]
        _ = try await bench.run(SyncFlows.self, properties, variables: ["envs": ["pat": "s3cret-token"]])
        #expect(bench.library.names == ["p.a"])
        let failure = await #expect(throws: TaskFailure.self) {
            try await bench.run(SyncFlows.self, properties, variables: ["envs": ["pat": "wrong-token"]])
        }
        #expect(failure?.message.contains("not authorized") == true)
        #expect(failure?.message.contains("wrong-token") == false)
        #expect(!bench.log.contains { $0.contains("s3cret-token") })
    }

    @Test func `CM-16 to CM-18: credentials of the instance`() async throws {
        func message(_ auth: Value) async -> String? {
            let failure = await #expect(throws: TaskFailure.self) {
                try await bench.run(
                    SyncFlows.self, ["url": "http://127.0.0.1:9/x", "targetNamespace": "p", "auth": auth])
            }
            return failure?.message
        }
        #expect(await message(["apiToken": "t", "username": "u"])?.contains("Cannot use both API Token") == true)
        #expect(await message(["apiToken": "t", "password": "u"])?.contains("Cannot use both API Token") == true)
        #expect(await message(["username": "u"])?.contains("Both username and password are required") == true)
        #expect(await message(["password": "u"])?.contains("Both username and password are required") == true)
    }

    @Test func `links to other folders follow every commit`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["shared/s.yml": Fixture.new("s", "p")], links: ["_flows/s.yml": "../shared/s.yml"])
        _ = try await bench.sync(remote, ["targetNamespace": "p"])
        try await remote.commit(["shared/s.yml": Fixture.old("s", "p")])
        let rows = try await bench.sync(remote, ["targetNamespace": "p"])
        #expect(rows.count == 1 && rows[0].contains("UPDATED"))
    }

    @Test func `what is not plain to rewrite is still put where it belongs`() async throws {
        let remote = try await TestRemote()
        try await remote.commit([
            "_flows/a.yml": "id: a\n\"namespace\": other\ntasks: [{id: x, type: t}]\n",
            "_flows/b.yml": "id: b\nnamespace: >-\n  other\ntasks: [{id: x, type: t}]\n",
            "_flows/c.yml": "tasks:\n  - id: x\n    type: t\n    namespace: other\nid: c\n",
            "_flows/d.yml": "id: d\nnamespace: \"other\"\ntasks: [{id: x, type: t}]\n",
        ])
        _ = try await bench.sync(remote, ["targetNamespace": "p"])
        #expect(bench.library.names == ["p.a", "p.b", "p.c", "p.d"])
        try await remote.commit(["_flows/e.yml": "{id: e, namespace: other, tasks: [{id: x, type: t}]}\n"])
        let failure = await #expect(throws: TaskFailure.self) { try await bench.sync(remote, ["targetNamespace": "p"]) }
        #expect(failure?.message.contains("Invalid flow imported from Git (e.yml)") == true)
    }
}
