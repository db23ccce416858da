import Foundation
import Glibc
import Testing

@testable import GitSync

/// What must hold whatever a remote does, and whatever becomes of secrets.
@Suite struct SafetyTests {
    let data: TemporaryFolder

    init() throws { data = try TemporaryFolder() }

    @Test func `a server that accepts and stays silent costs its timeout only`() async throws {
        let silent = try SilentServer()
        var connection = Connection(url: try RemoteURL("http://127.0.0.1:\(silent.port)/x.git"))
        connection.connectTimeout = .milliseconds(200)
        connection.readTimeout = .milliseconds(300)
        let (service, asked) = (GitService(settings: GitSettings(dataDirectory: data.path)), connection)
        let start = ContinuousClock.now
        let error = await #expect(throws: GitError.self) { try await service.refs(of: asked, branch: "main") }
        #expect(error?.kind == .unreachable)
        #expect(start.duration(to: .now) < .seconds(60))
    }

    @Test func `a branch's name is never an option or a path out`() async throws {
        let service = GitService(settings: GitSettings(dataDirectory: data.path))
        let connection = Connection(url: try RemoteURL("http://127.0.0.1:9/x.git"))
        for name in ["--upload-pack=x", "../../x", "a b", "", "a..b", "HEAD", "x.lock", "a\nb"] {
            let error = await #expect(throws: GitError.self) { try await service.refs(of: connection, branch: name) }
            #expect(error?.kind == .invalid)
        }
    }

    @Test func `secrets reach the git program in no argument, and key files are gone afterwards`() async throws {
        let log = data.path + "/seen"
        let program = data.path + "/git"
        let script = """
            #!/bin/sh
            echo "arguments: $*" > \(log)
            env >> \(log)
            key=$(echo "$GIT_SSH_COMMAND" | sed "s/.*-i '\\([^']*\\)'.*/\\1/")
            echo "key: $key mode: $(stat -c %a "$key") text: $(cat "$key")" >> \(log)
            echo "passphrase: $("$SSH_ASKPASS")" >> \(log)
            echo 'fatal: Could not read from remote repository: Permission denied (publickey)' >&2
            exit 128
            """
        try script.write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let transport = CommandTransport(settings: GitSettings(dataDirectory: data.path, program: program))
        let connection = Connection(
            url: try RemoteURL("git@example.org:a/b.git"),
            credentials: GitCredentials(privateKey: Secret("KEY-TEXT"), passphrase: Secret("PASS-TEXT")))
        let error = await #expect(throws: GitError.self) {
            try await GitThreads.run { _ = try await transport.refs(of: connection, branch: "main") }
        }
        #expect(error?.kind == .notAuthorized)
        let seen = try String(contentsOfFile: log, encoding: .utf8)
        let lines = seen.split(separator: "\n")
        let arguments = try #require(lines.first { $0.hasPrefix("arguments: ") })
        #expect(!arguments.contains("KEY-TEXT") && !arguments.contains("PASS-TEXT"))
        #expect(seen.contains("mode: 600 text: KEY-TEXT"))
        #expect(seen.contains("passphrase: PASS-TEXT"))
        #expect(seen.contains("StrictHostKeyChecking=accept-new") && seen.contains("GIT_TERMINAL_PROMPT=0"))
        let key = try #require(lines.first { $0.hasPrefix("key: ") }?.split(separator: " ")[1])
        #expect(!FileManager.default.fileExists(atPath: String(key)))
    }

    @Test func `a changed host key is refused with both fingerprints`() async throws {
        let program = data.path + "/git"
        let script = """
            #!/bin/sh
            echo '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @' >&2
            echo 'The fingerprint for the ED25519 key sent by the remote host is' >&2
            echo 'SHA256:offeredKey.' >&2
            exit 128
            """
        try script.write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let settings = GitSettings(dataDirectory: data.path, program: program)
        let home = data.path + "/git-home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
        try "example.org ssh-ed25519 \(key)\n".write(toFile: home + "/known_hosts", atomically: true, encoding: .utf8)
        let connection = Connection(url: try RemoteURL("git@example.org:a/b.git"))
        let error = await #expect(throws: GitError.self) {
            try await GitThreads.run {
                _ = try await CommandTransport(settings: settings).refs(of: connection, branch: "main")
            }
        }
        #expect(error?.kind == .untrusted)
        #expect(error?.what.contains("SHA256:offeredKey") == true)
        #expect(error?.what.contains("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU") == true)
    }

    @Test func `more threads than the limit are never needed, and all work is done`() async throws {
        let threads = GitThreads(limit: 3)
        let sum = await withTaskGroup(of: Int.self) { group in
            for i in 1...200 {
                group.addTask(executorPreference: threads) {
                    await Task.yield()
                    return i
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 20100)
    }
}

/// Takes connections and says nothing.
final class SilentServer {
    private let socket: Int32
    let port: UInt16

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 5) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard code else { throw GitError(.local, "no socket") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }
}
