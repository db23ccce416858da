import Foundation
import Testing

/// A bare Git repository behind a real Git server that wants a token.
final class Remote: Sendable {
    static let token = "s3cret-token-of-the-test"
    let url: String
    private let root: Folder
    private let server: Child
    private let work: Folder

    init() async throws {
        (root, work) = (try Folder(), try Folder())
        server = try Child(
            "/usr/bin/env",
            [
                "python3", Sluice.home + "/Tests/Fixtures/git_http_server.py", "--stay", "--root", root.path, "--user",
                "git_username", "--password", Self.token,
            ], at: root.path)
        let line = await server.output(until: "ready")
        url = line.dropFirst(6).trimmingCharacters(in: .whitespacesAndNewlines) + "/flows.git"
        try await git("init", "-q", "--bare", "-b", "main", root.path + "/flows.git")
        try await git("init", "-q", "-b", "main", work.path)
    }

    /// Runs git in the work tree; gives standard output.
    @discardableResult
    func git(_ arguments: String..., input: String = "") async throws -> String {
        let identity = [
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.com",
        ]
        let ended = try await Child(
            "/usr/bin/env", ["git"] + arguments, at: work.path, environment: identity, input: input
        ).ended()
        #expect(ended.status == 0, "git \(arguments): \(ended.errors)")
        return ended.output.trimmingCharacters(in: .newlines)
    }

    /// Commits files and publishes them.
    func commit(_ files: [String: String]) async throws {
        for (name, text) in files { try work.write(name, text) }
        try await publish()
    }

    /// Commits a symbolic link.
    func commitLink(_ name: String, to target: String) async throws {
        try FileManager.default.createSymbolicLink(atPath: work.path + "/" + name, withDestinationPath: target)
        try await publish()
    }

    /// Publishes a commit whose folder `flows` has an entry named `..`: no honest git would make one.
    func commitEntryAbove(_ text: String) async throws {
        let blob = try await git("hash-object", "-w", "--stdin", input: text)
        let inner = try await git("mktree", input: "100644 blob \(blob)\tevil.yaml\n")
        let flows = try await git("mktree", input: "040000 tree \(inner)\t..\n100644 blob \(blob)\tgood.yaml\n")
        let top = try await git("mktree", input: "040000 tree \(flows)\tflows\n")
        let commit = try await git("commit-tree", "-m", "hostile", top)
        try await git("push", "-q", "-f", root.path + "/flows.git", "\(commit):refs/heads/main")
    }

    func show(_ path: String) async throws -> String {
        try await git("--git-dir", root.path + "/flows.git", "show", "main:" + path)
    }

    private func publish() async throws {
        try await git("add", "-A")
        try await git("commit", "-q", "-m", "change")
        try await git("push", "-q", root.path + "/flows.git", "HEAD:main")
    }
}

/// The example flow of a sync from Git, for this repository, with lines changed.
func syncFlow(_ url: String, _ changes: [String: String] = [:], id: String? = nil) throws -> String {
    var text = try String(contentsOfFile: Sluice.home + "/flows/hourly-git-sync.yaml", encoding: .utf8)
        .replacing("http://127.0.0.1:8099/flows.git", with: url)
    if let id { text = text.replacing("id: sync_flows_from_git", with: "id: \(id)") }
    for (old, new) in changes {
        #expect(text.contains(old))
        text = text.replacing(old, with: new)
    }
    return text
}

/// A flow of one task.
func logFlow(_ id: String, _ message: String = "hello", namespace: String = "git") -> String {
    "id: \(id)\nnamespace: \(namespace)\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: \(message)\n"
}
