import Foundation
import Testing

@testable import GitSync

/// Every way to a remote must behave the same.
enum Way: String, CaseIterable, Sendable {
    case http, command, library

    /// The ways that fetch only what is wanted.
    static let partial = [Way.http, .command]
}

@Suite struct TransportTests {
    let data: TemporaryFolder
    let settings: GitSettings

    init() throws {
        data = try TemporaryFolder()
        settings = GitSettings(dataDirectory: data.path, allowsFiles: true)
    }

    private func transport(_ way: Way) -> any Transport {
        switch way {
        case .http: HTTPTransport(client: HTTPExchange())
        case .command: CommandTransport(settings: settings)
        case .library: LibraryTransport(settings: settings) { request, _ in GitChild.answer(request) }
        }
    }

    @Test(arguments: Way.allCases) func `a branch is listed with the default branch`(way: Way) async throws {
        let remote = try await TestRemote()
        try await remote.commit(["a": "1"])
        let tip = try await remote.commit(["a": "2"], on: "dev")
        try await remote.commit(["a": "3"], on: "dev2")
        let (transport, connection) = (transport(way), try remote.connection)
        let main = try #require(await remote.tip())
        for _ in 1...2 {
            let refs = try await GitThreads.run { try await transport.refs(of: connection, branch: "dev") }
            #expect(refs == RemoteRefs(tip: ObjectID(hex: tip), head: ObjectID(hex: main), defaultBranch: "main"))
        }
        let missing = try await GitThreads.run { try await transport.refs(of: connection, branch: "de") }
        #expect(missing.tip == nil)
    }

    @Test(arguments: Way.allCases) func `an empty repository has no head`(way: Way) async throws {
        let remote = try await TestRemote()
        let (transport, connection) = (transport(way), try remote.connection)
        let refs = try await GitThreads.run { try await transport.refs(of: connection, branch: "main") }
        #expect(refs.tip == nil && refs.head == nil)
    }

    @Test func `the second listing is one exchange`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["a": "1"])
        let (transport, connection) = (transport(.http), try remote.connection)
        for _ in 1...2 { _ = try await GitThreads.run { try await transport.refs(of: connection, branch: "main") } }
        #expect(remote.requests.map { $0.prefix { $0 != " " } } == ["GET", "POST", "POST"])
    }

    @Test func `callers that wait for the same listing share it`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["a": "1"])
        let (service, connection) = (GitService(settings: settings), try remote.connection)
        try await withThrowingTaskGroup(of: RemoteRefs.self) { group in
            for _ in 1...20 { group.addTask { try await service.refs(of: connection, branch: "main") } }
            for try await refs in group { #expect(refs.tip != nil) }
        }
        #expect(remote.requests.count <= 4)
    }

    @Test(arguments: Way.allCases) func `wrong credentials are told as such`(way: Way) async throws {
        let remote = try await TestRemote(guarded: true)
        try await remote.commit(["a": "1"])
        let transport = transport(way)
        var connection = try remote.connection
        for password in [nil, "wrong-token"] {
            connection.credentials = GitCredentials(username: "ann", password: password.map(Secret.init))
            let asked = connection
            let error = await #expect(throws: GitError.self) {
                try await GitThreads.run { _ = try await transport.refs(of: asked, branch: "main") }
            }
            #expect(error?.kind == .notAuthorized)
            #expect(error?.what.contains("not authorized") == true)
            #expect(error?.description.contains("wrong-token") == false)
        }
        connection.credentials = GitCredentials(username: "ann", password: Secret("s3cret-token"))
        let asked = connection
        #expect(try await GitThreads.run { try await transport.refs(of: asked, branch: "main") }.tip != nil)
    }

    @Test(arguments: Way.allCases) func `a repository that is not there is told as such`(way: Way) async throws {
        let remote = try await TestRemote()
        let transport = transport(way)
        let connection = Connection(url: try RemoteURL(remote.url + "-missing"))
        let error = await #expect(throws: GitError.self) {
            try await GitThreads.run { _ = try await transport.refs(of: connection, branch: "main") }
        }
        #expect(error?.kind == .noRepository)
    }

    @Test(arguments: Way.allCases) func `nobody listening is unreachable`(way: Way) async throws {
        let transport = transport(way)
        let connection = Connection(url: try RemoteURL("http://127.0.0.1:9/x.git"), connectTimeout: .seconds(2))
        let error = await #expect(throws: GitError.self) {
            try await GitThreads.run { _ = try await transport.refs(of: connection, branch: "main") }
        }
        #expect(error?.kind == .unreachable)
    }

    @Test(arguments: Way.partial) func `only what is wanted is fetched`(way: Way) async throws {
        let remote = try await TestRemote()
        var files: [String: String] = [:]
        for i in 1...50 { files["big/\(i)"] = String(repeating: "\(i) \(UUID().uuidString) ", count: 200) }
        files["flows/a.yml"] = "id: a"
        files["flows/b.yml"] = "id: b"
        let first = try #require(ObjectID(hex: try await remote.commit(files)))
        let (transport, connection, settings) = (transport(way), try remote.connection, settings)
        try await GitThreads.run {
            let cache = BareCache(connection, kind: .partial, settings: settings)
            let repository = try cache.open(origin: connection.url)
            let bytes = try await transport.fetch(
                commit: first, branch: "main", known: nil, into: cache.path, from: connection)
            #expect(bytes < 20_000)
            try repository.refresh()
            try repository.point(BareCache.ref("main"), to: first)
            let tree = try repository.tree(ofCommit: first)
            let entry = try #require(try repository.entry(at: ["flows", "a.yml"], below: tree))
            #expect(!repository.holds(entry.id))
            let wanted = try repository.entries(of: try #require(try repository.entry(named: "flows", in: tree)).id)
            try await transport.fetch(blobs: wanted.map(\.id), into: cache.path, from: connection)
            try repository.refresh()
            #expect(try repository.blob(entry.id, limit: 100) == Array("id: a".utf8))

            let second = try #require(ObjectID(hex: try await remote.commit(["flows/a.yml": "id: a2"])))
            let more = try await transport.fetch(
                commit: second, branch: "main", known: first, into: cache.path, from: connection)
            #expect(more < 2000)
            try repository.refresh()
            let newTree = try repository.tree(ofCommit: second)
            let changes = try repository.differences(from: tree, to: newTree)
            #expect(changes.map(\.path) == ["flows/a.yml"])
            #expect(try repository.entry(at: ["big", "7"], below: newTree) != nil)
        }
        // The program accepts the cache as one of its own.
        let cache = BareCache(connection, kind: .partial, settings: settings)
        _ = try await git("cat-file", "-p", "refs/sync/main^{tree}", at: cache.path)
        _ = try await git("fsck", "--connectivity-only", at: cache.path)
    }

    @Test(arguments: Way.allCases) func `a push adds one commit and keeps all else`(way: Way) async throws {
        let remote = try await TestRemote()
        try await remote.commit(["README.md": "hello\n", "flows/x/old.yml": "old\n", "flows/y.yml": "y\n"])
        let pushed = try await push(
            remote, way, ["flows/new.yml": "new\n", "flows/x/old.yml": nil, "README.md": "hi\n"])
        #expect(await remote.tip() == "\(pushed)")
        #expect(try await remote.files() == ["README.md", "flows/new.yml", "flows/y.yml"])
        #expect(try await remote.show("README.md") == "hi")
        let author = try await git("log", "-1", "--format=%an <%ae>|%cn <%ce>|%s|%ct", at: remote.path)
        #expect(author == "N <n@e>|N <n@e>|Push it|1700000100")
        try await git("fsck", "--strict", at: remote.path)
    }

    @Test(arguments: Way.allCases) func `a hook's refusal is told in its own words`(way: Way) async throws {
        let remote = try await TestRemote()
        try await remote.commit(["a": "1"])
        try remote.hook("echo 'flows need a review' >&2; exit 1")
        let error = await #expect(throws: GitError.self) { try await push(remote, way, ["a": "2"]) }
        #expect(error?.kind == .refused)
        // libgit2 stops reading once it has the verdict; a hook's words that a busy server sends after it are lost to it.
        let said = way == .library ? ["flows need a review", "hook declined"] : ["flows need a review"]
        #expect(said.contains { error?.what.contains($0) == true })
    }

    @Test(arguments: Way.allCases) func `a branch that moved meanwhile is not overwritten`(way: Way) async throws {
        let remote = try await TestRemote()
        try await remote.commit(["a": "1"])
        let error = await #expect(throws: GitError.self) {
            try await push(remote, way, ["a": "2"]) { try await remote.commit(["b": "other"]) }
        }
        #expect(error?.kind == .moved)
        #expect(try await remote.files() == ["a", "b"])
    }

    @Test(arguments: Way.allCases) func `a first commit makes the branch of an empty repository`(way: Way) async throws
    {
        let remote = try await TestRemote()
        let pushed = try await push(remote, way, ["flows/a.yml": "id: a\n"])
        #expect(await remote.tip() == "\(pushed)")
        #expect(try await git("rev-list", "--count", "main", at: remote.path) == "1")
    }

    /// Builds a commit on the branch's tip in memory and pushes it.
    @discardableResult
    private func push(
        _ remote: TestRemote, _ way: Way, _ files: [String: String?], before: @Sendable () async throws -> Void = {}
    ) async throws -> ObjectID {
        let (transport, connection, settings) = (transport(way), try remote.connection, settings)
        return try await GitThreads.run {
            let tip = try await transport.refs(of: connection, branch: "main").tip
            let cache = BareCache(connection, kind: transport.cacheKind, settings: settings)
            let repository = try cache.open(origin: connection.url)
            if let tip {
                try await transport.fetch(commit: tip, branch: "main", known: nil, into: cache.path, from: connection)
                try repository.refresh()
            }
            try repository.keepWritesInMemory()
            var changes: [String: TreeChange] = [:]
            for (path, text) in files {
                changes[path] =
                    try text.map { .write(try repository.write(blob: Array($0.utf8)), isProgram: false) } ?? .remove
            }
            let tree = try repository.tree(from: try tip.map { try repository.tree(ofCommit: $0) }, changing: changes)
            let who = GitIdentity(name: "N", email: "n@e")
            let commit = try repository.commit(
                tree: try #require(tree), parent: tip, message: "Push it", author: who, committer: who,
                seconds: 1_700_000_100)
            try await before()
            try await transport.push(
                PushRequest(branch: "main", old: tip, new: commit, pack: try repository.packOfWritten()),
                from: cache.path,
                to: connection)
            return commit
        }
    }

    @Test func `files are read through file addresses only where allowed`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["a": "1"])
        let connection = try remote.fileConnection
        #expect(try await GitService(settings: settings).refs(of: connection, branch: "main").tip != nil)
        let strict = GitService(settings: GitSettings(dataDirectory: data.path))
        await #expect(throws: GitError.self) { try await strict.refs(of: connection, branch: "main") }
    }

    @Test func `a program that hangs is ended with its children`() async throws {
        let start = ContinuousClock.now
        let error = await #expect(throws: GitError.self) {
            try await GitThreads.run {
                _ = try ChildProcess(
                    program: "sh", arguments: ["-c", "sleep 60 & sleep 60"], environment: ["PATH": "/usr/bin:/bin"],
                    limit: .milliseconds(300)
                ).run()
            }
        }
        #expect(error?.kind == .unreachable)
        #expect(start.duration(to: .now) < .seconds(60))
    }
}
