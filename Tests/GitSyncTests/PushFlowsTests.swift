import FlowModel
import Foundation
import TaskKit
import Testing

@testable import GitSync

/// The cases of PushFlows by their names. Source: git-tests spec §6.
@Suite struct PushFlowsTests {
    let bench: TaskBench
    let remote: TestRemote
    private let common: ValueMap = [
        "branch": "b", "gitDirectory": "my-flows", "sourceNamespace": "src", "targetNamespace": "tgt",
        "authorName": "N",
        "authorEmail": "n@e", "commitMessage": "Push from CI - {{description}}",
    ]

    init() async throws {
        bench = try TaskBench()
        remote = try await TestRemote()
        try await remote.commit(["README.md": "hello\n"])
    }

    private func with(_ more: ValueMap) -> ValueMap { common.merging(more) { _, new in new } }

    private func push(_ properties: ValueMap, variables: ValueMap = [:]) async throws -> (
        outputs: PushFlows.Outputs, rows: [String]
    ) {
        let all = variables.merging(["description": "One-task push"]) { old, _ in old }
        return try await bench.push(remote, properties, variables: all)
    }

    private static func added(_ file: String) -> String {
        #"{changes:"0",file:"\#(file)",deletions:"-0",additions:"+10"}"#
    }

    @Test func `a branch is said to be made only when it is`() async throws {
        let flow = Fixture.new("f", "src")
        bench.library.save(flow)
        _ = try await push(["sourceNamespace": "src", "gitDirectory": "d"])
        _ = bench.log
        let same = try await push(["sourceNamespace": "src", "gitDirectory": "d", "branch": "main"])
        #expect(same.outputs.commitID == nil)
        #expect(!bench.log.contains { $0.contains("does not exist") })
        // A new branch starts as the default branch, which has the file already.
        let unchanged = try await push(["sourceNamespace": "src", "gitDirectory": "d", "branch": "new"])
        #expect(unchanged.outputs.commitID == nil)
        #expect(await remote.tip("new") == nil)
        let log = bench.log
        #expect(log.contains { $0.contains("No changes to commit. Skipping push. The branch new does not exist") })
        #expect(!log.contains { $0.contains("creating it") })
        _ = try await push(["sourceNamespace": "src", "gitDirectory": "e", "branch": "new", "dryRun": true])
        #expect(bench.log.contains { $0.contains("on new, which would be created; nothing is pushed") })
        _ = try await push(["sourceNamespace": "src", "gitDirectory": "e", "branch": "new"])
        #expect(bench.log.contains { $0.contains("Branch new does not exist, creating it") })
        #expect(await remote.tip("new") != nil)
    }

    @Test func `PF-01: a child namespace with its texts rewritten`() async throws {
        bench.library.save(Fixture.ten("first-flow", "src"))
        bench.library.save(Fixture.ten("second-flow", "src.sub-namespace"))
        let (outputs, rows) = try await push(with(["flows": "second*", "includeChildNamespaces": true]))
        #expect(try await remote.files(at: "b") == ["README.md", "my-flows/sub-namespace/second-flow.yml"])
        #expect(
            try await remote.show("my-flows/sub-namespace/second-flow.yml", at: "b")
                == Fixture.ten("second-flow", "src.sub-namespace").replacing("src", with: "tgt").trimmedMessage)
        #expect(rows == [Self.added("my-flows/sub-namespace/second-flow.yml")])
        #expect(await remote.tip("b") == outputs.commitID)
        #expect(
            try await git("log", "-1", "--format=%s|%an <%ae>|%cn <%ce>", "b", at: remote.path)
                == "Push from CI - One-task push|N <n@e>|N <n@e>")
        let page = String(remote.url.dropLast(4)) + "/commit/" + (outputs.commitID ?? "")
        #expect(outputs.commitURL == page)
    }

    @Test func `PF-02, PF-17: without a target the texts stay`() async throws {
        bench.library.save(Fixture.ten("first-flow", "system"))
        bench.library.save(Fixture.ten("second-flow", "system.sub-namespace"))
        _ = try await push([
            "branch": "b", "gitDirectory": "my-flows", "flows": "second*", "includeChildNamespaces": true,
            "authorName": "N",
            "authorEmail": "n@e",
        ])
        let text = try await git("cat-file", "blob", "b:my-flows/sub-namespace/second-flow.yml", at: remote.path)
        #expect(text == Fixture.ten("second-flow", "system.sub-namespace").trimmedMessage)
    }

    @Test func `PF-03: a dry run tells and does not push`() async throws {
        bench.library.save(Fixture.ten("first-flow", "src"))
        let (outputs, rows) = try await push(with(["dryRun": true]))
        #expect(rows == [Self.added("my-flows/first-flow.yml")])
        #expect(outputs.commitID == nil && outputs.commitURL == nil)
        #expect(await remote.tip("b") == nil)
    }

    @Test func `PF-04, PF-09: both, and a second push has nothing to do`() async throws {
        bench.library.save(Fixture.ten("some-flow", "src"))
        bench.library.save(Fixture.ten("some-flow", "src.sub-namespace"))
        let properties = with(["includeChildNamespaces": true])
        let (_, rows) = try await push(properties)
        #expect(rows == [Self.added("my-flows/some-flow.yml"), Self.added("my-flows/sub-namespace/some-flow.yml")])
        #expect(try await remote.files(at: "b").contains("README.md"))
        let tip = await remote.tip("b")
        _ = bench.log
        let again = try await push(properties)
        #expect(again.outputs.commitID == nil && again.outputs.commitURL == nil && again.rows.isEmpty)
        #expect(again.outputs.flows != nil)
        #expect(await remote.tip("b") == tip)
        #expect(bench.log.contains { $0.contains("No changes to commit") })
    }

    @Test(arguments: [
        (["{{flow1}}", "{{flow2}}"] as Value, ["flow1": "first*", "flow2": "second*"] as ValueMap),
        ("{{ flows }}" as Value, ["flows": "[\"first*\",\"second*\"]"] as ValueMap),
    ]) func `PF-05, PF-21: several globs`(flows: Value, variables: ValueMap) async throws {
        bench.library.save(Fixture.ten("first-flow", "src"))
        bench.library.save(Fixture.ten("second-flow", "src.sub-namespace"))
        bench.library.save(Fixture.ten("third-flow", "src"))
        let (_, rows) = try await push(with(["flows": flows, "includeChildNamespaces": true]), variables: variables)
        #expect(
            rows == [Self.added("my-flows/first-flow.yml"), Self.added("my-flows/sub-namespace/second-flow.yml")])
    }

    @Test func `PF-06: the user is the author when no name is given`() async throws {
        bench.library.save(Fixture.ten("some-flow", "src"))
        bench.library.save(Fixture.ten("some-flow", "src.sub-namespace"))
        var properties = with(["username": "U", "password": "{{ 'x' }}"])
        properties.removeValue(forKey: "authorName")
        _ = try await push(properties)
        #expect(try await remote.files(at: "b") == ["README.md", "my-flows/some-flow.yml"])
        #expect(try await git("log", "-1", "--format=%an <%ae>|%cn <%ce>", "b", at: remote.path) == "U <n@e>|U <n@e>")
    }

    @Test func `PF-07, PF-10, PF-11, PF-12: defaults`() async throws {
        bench.library.save(Fixture.ten("a", "dev"))
        _ = try await push(["sourceNamespace": "dev"])
        #expect(try await remote.files() == ["README.md", "_flows/a.yml"])
        #expect(
            try await git("log", "-1", "--format=%s|%an <%ae>", "main", at: remote.path)
                == "Add flows from dev namespace|Server <server@example.org>")
    }

    @Test func `PF-13, PF-15: the commit is on top, only files of the directory go`() async throws {
        let old = try await remote.commit(
            [
                "keep/x.yml": "x", "my-flows/gone.yml": Fixture.ten("gone", "tgt"), "my-flows/README.md": "docs",
                "my-flows/child/other.yml": "y",
            ], on: "b")
        bench.library.save(Fixture.ten("here", "src"))
        let (outputs, rows) = try await push(common)
        #expect(try await git("rev-parse", "b^", at: remote.path) == old)
        #expect(
            rows == [
                #"{changes:"0",file:"my-flows/gone.yml",deletions:"-10",additions:"+0"}"#,
                Self.added("my-flows/here.yml"),
            ])
        #expect(outputs.commitID != nil)
        #expect(
            try await remote.files(at: "b") == [
                "keep/x.yml", "my-flows/README.md", "my-flows/child/other.yml", "my-flows/here.yml",
            ])
    }

    @Test(arguments: ["*", "**"]) func `PF-14: both globs select all`(glob: String) async throws {
        bench.library.save(Fixture.ten("a", "src"))
        #expect(try await push(with(["flows": .string(glob)])).rows.count == 1)
    }

    @Test func `PF-16: an empty repository gets its first commit`() async throws {
        let empty = try await TestRemote()
        bench.library.save(Fixture.ten("a", "src"))
        _ = try await bench.push(empty, common, variables: ["description": "d"])
        #expect(try await empty.files(at: "b") == ["my-flows/a.yml"])
        #expect(try await git("rev-list", "--count", "b", at: empty.path) == "1")
    }

    @Test func `PF-18, D23: revision lines never reach Git`() async throws {
        bench.library.save("id: a\nnamespace: src\nrevision: 4\ntasks: []\n")
        _ = try await push(common)
        #expect(try await remote.show("my-flows/a.yml", at: "b") == "id: a\nnamespace: tgt\ntasks: []")
    }

    @Test func `PF-19: nothing selected does nothing`() async throws {
        bench.library.save(Fixture.ten("a", "src"))
        let (outputs, _) = try await push(with(["flows": "zzz*"]))
        #expect(outputs.commitID == nil && outputs.commitURL == nil && outputs.flows == nil)
        #expect(bench.log.contains { $0.contains("No content to push") })
        #expect(await remote.tip("b") == nil)
    }

    @Test func `PF-20: a hook's refusal fails the run with its words`() async throws {
        try remote.hook("echo 'flows need a review' >&2; exit 1")
        bench.library.save(Fixture.ten("a", "src"))
        let failure = await #expect(throws: TaskFailure.self) { try await push(common) }
        #expect(failure?.message.contains("flows need a review") == true)
    }

    @Test func `D19: a branch that moves meanwhile is pushed onto its new tip`() async throws {
        bench.library.save(Fixture.ten("a", "src"))
        // The first push finds the branch moved by the hook's own commit.
        try remote.hook(
            """
            [ -e moved ] && exit 0
            touch moved
            unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
            commit=$(GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x git commit-tree -m other -p main main^{tree})
            git update-ref refs/heads/b $commit
            exit 0
            """)
        let (outputs, _) = try await push(common)
        #expect(await remote.tip("b") == outputs.commitID)
        #expect(
            try await git("log", "--format=%s", "b", at: remote.path) == "Push from CI - One-task push\nother\nchange")
    }

    @Test func `D20: a sync followed by a push changes nothing`() async throws {
        try await remote.commit([
            "_flows/a.yml": Fixture.new("a", "p"), "_flows/b.yaml": Fixture.new("b", "p") + "\n\n",
            "_flows/c/d.yml": Fixture.new("d", "p.c"),
        ])
        _ = try await bench.sync(remote, ["targetNamespace": "p", "includeChildNamespaces": true])
        let again = try await push(["sourceNamespace": "p", "includeChildNamespaces": true])
        #expect(again.outputs.commitID == nil)
        bench.library.save(Fixture.new("b", "p").trimmedMessage + "\n# more")
        let changed = try await push(["sourceNamespace": "p", "includeChildNamespaces": true])
        #expect(changed.rows.count == 1 && changed.rows[0].contains("_flows/b.yaml"))
    }

    @Test func `ignored files are neither written nor removed`() async throws {
        try await remote.commit([
            "_flows/.kestraignore": "secret*.yml\n", "_flows/secret-old.yml": "x", "_flows/old.yml": "x",
        ])
        bench.library.save(Fixture.ten("secret-new", "p"))
        bench.library.save(Fixture.ten("open", "p"))
        _ = try await push(["sourceNamespace": "p"])
        #expect(
            try await remote.files() == [
                "README.md", "_flows/.kestraignore", "_flows/open.yml", "_flows/secret-old.yml",
            ])
    }

    @Test func `with globs only files that they mean are removed`() async throws {
        try await remote.commit(["_flows/etl-old.yml": "x", "_flows/other.yml": "x"])
        bench.library.save(Fixture.ten("etl-new", "p"))
        _ = try await push(["sourceNamespace": "p", "flows": "etl-*"])
        #expect(try await remote.files() == ["README.md", "_flows/etl-new.yml", "_flows/other.yml"])
    }

    @Test func `a push is seen by the next sync without a fetch`() async throws {
        bench.library.save(Fixture.ten("a", "p").trimmedMessage)
        _ = try await push(["sourceNamespace": "p"])
        let before = remote.requests.count
        let rows = try await bench.sync(remote, ["targetNamespace": "p"])
        #expect(rows.count == 1 && rows[0].contains("UNCHANGED"))
        #expect(remote.requests.count == before + 1)
    }
}
