import FlowModel
import TaskKit
import Testing

@testable import GitSync

/// Secrets that are written into a flow are warned of when the flow is checked. Source: git-tasks spec §1.2, D1.
@Suite struct CautionTests {
    private func remarks(_ task: String) throws -> [Problem] {
        let reader = FlowReader(
            catalogue: Catalogue(tasks: [.runnable(SyncFlows.self), .runnable(PushFlows.self)], triggers: []))
        let source = "id: f\nnamespace: a.b\ntasks:\n  - id: t\n" + task
        return try reader.read(source, file: "f.yaml").remarks
    }

    @Test func `literal credentials are warned of at their places`() throws {
        let found = try remarks(
            """
                type: io.kestra.plugin.git.SyncFlows
                url: https://git.example/x.git
                targetNamespace: p
                username: ann
                password: my-password
                privateKey: |
                  -----BEGIN PRIVATE KEY-----
                passphrase: "x{{ secret('P') }}"
                auth: { apiToken: tok }
            """)
        #expect(found.map(\.severity) == [.warning, .warning, .warning, .warning])
        #expect(
            found.map { "\($0.place!) \($0.path ?? "")" } == [
                "f.yaml:9:15 tasks[0].password", "f.yaml:10:17 tasks[0].privateKey", "f.yaml:12:17 tasks[0].passphrase",
                "f.yaml:13:23 tasks[0].auth.apiToken",
            ])
        #expect(found[0].what.contains("hard-coded Git credentials"))
        #expect(found[0].fix == "write password: \"{{ secret('GIT_PASSWORD') }}\" and keep the value as a secret")
        #expect(found.allSatisfy { !$0.description.contains("my-password") })
    }

    @Test(arguments: [
        "https://ann:pw@git.example/x.git", "https://ghp_abc123@github.com/a/b", "https://git.example/x?token=abc",
    ]) func `a secret in the address is warned of`(url: String) throws {
        let found = try remarks("    type: io.kestra.plugin.git.PushFlows\n    url: \(url)\n")
        #expect(found.map(\.code) == ["task.literal-secret"])
        #expect(found.first?.place == Place(file: "f.yaml", line: 6, column: 10))
    }

    @Test(arguments: [
        "https://git.example/x.git", "git@git.example:x.git", "https://ann@git.example/x.git",
        "\"https://ann:{{ secret('P') }}@git.example/x.git\"", "\"{{ vars.url }}\"",
    ]) func `expressions and plain addresses pass`(url: String) throws {
        let found = try remarks(
            """
                type: io.kestra.plugin.git.PushFlows
                url: \(url)
                username: ann
                password: "  {{ secret('P') }}"
                privateKey: null
            """)
        #expect(found.isEmpty, "\(found)")
    }
}
