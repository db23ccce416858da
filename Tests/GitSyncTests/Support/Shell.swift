import Foundation

@testable import GitSync

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/gitsync-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs git the way a developer does, with an identity and no configuration of the machine.
@discardableResult
func git(_ arguments: String..., at folder: String, input: String = "") async throws -> String {
    try await gitRun(arguments, at: folder, input: input)
}

@discardableResult
func gitRun(_ arguments: [String], at folder: String, input: String = "") async throws -> String {
    try await GitThreads.run {
        let environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ann",
            "GIT_AUTHOR_EMAIL": "ann@example.org", "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@example.org",
            "LC_ALL": "C",
        ]
        let result = try ChildProcess(
            program: "git", arguments: ["-C", folder] + arguments, environment: environment, input: Array(input.utf8),
            limit: .seconds(60)
        ).run()
        guard result.status == 0 else {
            throw GitError(.local, "git \(arguments.joined(separator: " ")): \(result.errors)")
        }
        return String(decoding: result.output, as: UTF8.self).trimmedMessage
    }
}

/// The server for this run of the tests: one program, all repositories below one folder.
enum TestServer {
    struct Running: Sendable {
        var url: String
        var root: TemporaryFolder
    }

    static let open = Result { try start([]) }
    static let guarded = Result { try start(["--user", "ann", "--password", "s3cret-token"]) }

    private static func start(_ arguments: [String]) throws -> Running {
        let root = try TemporaryFolder()
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/git_http_server.py").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script, "--root", root.path] + arguments
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        _ = FileManager.default.createFile(atPath: root.path + "/requests.log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: root.path + "/requests.log")
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard line.hasPrefix("ready ") else { throw GitError(.local, "the test server did not start: \(line)") }
        keepAlive.append((process, input))
        return Running(url: String(line.dropFirst(6)).trimmedMessage, root: root)
    }

    private nonisolated(unsafe) static var keepAlive: [(Process, Pipe)] = []
}

/// A bare repository on the test server, and what is done to it.
struct TestRemote: Sendable {
    let path: String
    let url: String
    private let server: TestServer.Running

    init(guarded: Bool = false) async throws {
        server = try (guarded ? TestServer.guarded : TestServer.open).get()
        let name = UUID().uuidString + ".git"
        path = server.root.path + "/" + name
        url = server.url + "/" + name
        try await git("init", "-q", "--bare", "-b", "main", path, at: server.root.path)
        try await git("config", "uploadpack.allowFilter", "true", at: path)
        try await git("config", "http.receivepack", "true", at: path)
    }

    /// Commits files (nil removes) on top of a branch without a work tree.
    @discardableResult
    func commit(
        _ files: [String: String?], on branch: String = "main", links: [String: String] = [:],
        message: String = "change"
    ) async throws -> String {
        var stream = "commit refs/heads/\(branch)\ncommitter Ann <ann@example.org> 1700000000 +0000\n"
        stream += "data \(message.utf8.count)\n\(message)\n"
        if let tip = try? await git("rev-parse", "--verify", "-q", "refs/heads/\(branch)", at: path) {
            stream += "from \(tip)\n"
        }
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            if let text {
                stream += "M 100644 inline \(name)\ndata \(text.utf8.count)\n\(text)\n"
            } else {
                stream += "D \(name)\n"
            }
        }
        for (name, target) in links { stream += "M 120000 inline \(name)\ndata \(target.utf8.count)\n\(target)\n" }
        try await git("fast-import", "--quiet", "--date-format=raw", at: path, input: stream)
        return try await git("rev-parse", "refs/heads/\(branch)", at: path)
    }

    func show(_ file: String, at revision: String = "main") async throws -> String {
        try await git("show", "\(revision):\(file)", at: path)
    }

    func files(at revision: String = "main") async throws -> [String] {
        try await git("ls-tree", "-r", "--name-only", revision, at: path).split(separator: "\n").map(String.init)
    }

    func tip(_ branch: String = "main") async -> String? {
        try? await git("rev-parse", "--verify", "-q", "refs/heads/\(branch)", at: path)
    }

    /// Lets a hook of the server run this script before a push is taken.
    func hook(_ script: String) throws {
        let file = path + "/hooks/pre-receive"
        _ = FileManager.default.createFile(
            atPath: file, contents: Data("#!/bin/sh\n\(script)\n".utf8), attributes: [.posixPermissions: 0o755]
        )
    }

    /// What the server was asked for this repository, one line a request.
    var requests: [String] {
        let log = (try? String(contentsOfFile: server.root.path + "/requests.log", encoding: .utf8)) ?? ""
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return log.split(separator: "\n").map(String.init).filter { $0.contains(name) }
    }

    var connection: Connection {
        get throws { Connection(url: try RemoteURL(url)) }
    }

    var fileConnection: Connection {
        get throws { Connection(url: try RemoteURL("file://" + path)) }
    }
}
