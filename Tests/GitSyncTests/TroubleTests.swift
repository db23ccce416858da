import FlowModel
import Foundation
import TaskKit
import Testing

@testable import GitSync

/// What is said when a server cannot be talked to: machine and port, plain words, what to do.
@Suite struct TroubleTests {
    let data: TemporaryFolder

    init() throws { data = try TemporaryFolder() }

    private func trouble(_ url: String, authorities: String? = nil) async throws -> GitError {
        let connection = Connection(
            url: try RemoteURL(url), trustedAuthorities: authorities, connectTimeout: .milliseconds(500),
            readTimeout: .milliseconds(300))
        let service = GitService(settings: GitSettings(dataDirectory: data.path))
        let error = await #expect(throws: GitError.self) { try await service.refs(of: connection, branch: "main") }
        let found = try #require(error)
        #expect(found.fix != nil, "\(found)")
        for raw in ["NIO", "errno", "error set", ".swift", "HTTPClientError", "OPENSSL", "Optional"] {
            #expect(!found.description.contains(raw), "\(found)")
        }
        return found
    }

    @Test func `nobody listens`() async throws {
        let error = try await trouble("http://127.0.0.1:9/x.git")
        #expect(error.kind == .unreachable && error.what.contains("127.0.0.1:9 refused the connection"))
        #expect(try await trouble("http://localhost:9/x.git").what.contains("localhost:9 refused the connection"))
    }

    @Test func `a name that nobody knows`() async throws {
        let error = try await trouble("https://no-such-machine.invalid/x.git")
        #expect(error.kind == .unreachable && error.what.contains("no-such-machine.invalid is not known"), "\(error)")
    }

    @Test func `https at a port that speaks plain http`() async throws {
        let url = try TestServer.open.get().url.replacing("http://", with: "https://")
        let error = try await trouble(url + "/x.git")
        #expect(error.kind == .protocolTrouble && error.what.contains("does not speak https"), "\(error)")
        #expect(error.fix?.contains("http://") == true)
    }

    @Test func `a file of authorities that is none`() async throws {
        let path = data.path + "/missing.pem"
        let error = try await trouble("https://127.0.0.1:9/x.git", authorities: path)
        #expect(error.description.contains("trustedCaPemPath") && error.what.contains(path), "\(error)")
    }

    @Test func `silence is told with its time and its property`() async throws {
        let silent = try SilentServer()
        let error = try await trouble("http://127.0.0.1:\(silent.port)/x.git")
        #expect(error.what.contains("127.0.0.1:\(silent.port)") && error.what.contains("0.3 s"), "\(error)")
        #expect(error.fix?.contains("readTimeout") == true)
    }

    @Test func `who is cancelled does not wait for a silent server`() async throws {
        let silent = try SilentServer()
        let connection = Connection(url: try RemoteURL("http://127.0.0.1:\(silent.port)/x.git"))
        let service = GitService(settings: GitSettings(dataDirectory: data.path))
        let start = ContinuousClock.now
        let waiting = Task { try await service.refs(of: connection, branch: "main") }
        waiting.cancel()
        await #expect(throws: GitError.self) { try await waiting.value }
        #expect(start.duration(to: .now) < .seconds(20))
    }

    @Test(arguments: [
        ("https://git.example/x", "git.example:443"), ("http://git.example/x", "git.example:80"),
        ("https://git.example:8443/x", "git.example:8443"), ("http://[::1]:3000/x", "[::1]:3000"),
        ("http://[::1]/x", "[::1]:80"), ("git@git.example:a/b", "git.example:22"),
        ("ssh://git@git.example:2222/a", "git.example:2222"),
    ]) func `a machine is named with its port`(url: String, machine: String) throws {
        #expect(try RemoteURL(url).machine == machine)
    }
}
