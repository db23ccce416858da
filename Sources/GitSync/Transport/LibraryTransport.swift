import FoundationEssentials

/// Lets libgit2 talk to the remote, in a child process of this program: it knows no deadlines, so the child is killed at
/// ours. For machines without a `git` program. Fetches whole histories. Source: git-engine-notes §1, §4.
struct LibraryTransport: Transport {
    let cacheKind = CacheKind.full
    let settings: GitSettings
    /// How a child is asked; another way in tests.
    private let ask: @Sendable (ChildRequest, Duration) throws(GitError) -> ChildAnswer

    init(settings: GitSettings) {
        self.settings = settings
        ask = { request, limit throws(GitError) in try Self.askProcess(request, settings, limit) }
    }

    init(settings: GitSettings, ask: @escaping @Sendable (ChildRequest, Duration) throws(GitError) -> ChildAnswer) {
        self.settings = settings
        self.ask = ask
    }

    func refs(of connection: Connection, branch: String) async throws(GitError) -> RemoteRefs {
        let request = try request(.refs, connection, branch: branch, cache: nil)
        let answer = try result(try ask(request, connection.connectTimeout + connection.readTimeout), connection)
        return RemoteRefs(
            tip: answer.tip.flatMap { ObjectID(hex: $0) }, head: answer.head.flatMap { ObjectID(hex: $0) },
            defaultBranch: answer.defaultBranch
        )
    }

    func fetch(
        commit: ObjectID, branch: String, known: ObjectID?, into cache: String, from connection: Connection
    ) async throws(GitError) -> Int {
        let request = try request(.fetch, connection, branch: branch, cache: cache)
        return try result(try ask(request, GitLimits.wallClock), connection).received ?? 0
    }

    /// A full cache has all blobs of its commits.
    func fetch(blobs: [ObjectID], into cache: String, from connection: Connection) async throws(GitError) -> Int {
        throw GitError(.corrupt, "the cache of \(connection.url) lacks objects")
    }

    func push(_ request: PushRequest, from cache: String, to connection: Connection) async throws(GitError) {
        let indexer = try PackIndexer(cache: cache)
        try indexer.append(request.pack[...])
        try indexer.finish()
        var asked = try self.request(.push, connection, branch: request.branch, cache: cache)
        asked.old = request.old?.description
        asked.new = "\(request.new)"
        _ = try result(try ask(asked, GitLimits.wallClock), connection)
    }

    private func request(
        _ operation: ChildRequest.Operation, _ connection: Connection, branch: String, cache: String?
    ) throws(GitError) -> ChildRequest {
        if let key = connection.credentials.privateKey?.text, Self.isRSA(key) {
            throw GitError(
                .unsupported, "RSA keys need the git program, which is not installed",
                fix: "install git and openssh-client, or use an ed25519 key"
            )
        }
        var request = ChildRequest(
            operation: operation, url: connection.url.address, branch: branch, noProxy: connection.noProxy,
            knownHosts: settings.dataDirectory + "/git-home/known_hosts_library"
        )
        request.cache = cache
        if let login = connection.login {
            request.user = login.user
            request.password = login.password
        }
        request.privateKey = connection.credentials.privateKey?.text
        request.passphrase = connection.credentials.passphrase?.text
        request.authorities = connection.trustedAuthorities
        return request
    }

    private static func isRSA(_ key: String) -> Bool {
        if key.contains("BEGIN RSA PRIVATE KEY") { return true }
        guard key.contains("BEGIN OPENSSH PRIVATE KEY") else { return false }
        let body = key.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let data = Data(base64Encoded: body) else { return false }
        return data.firstRange(of: Data("ssh-rsa".utf8)) != nil
    }

    private func result(_ answer: ChildAnswer, _ connection: Connection) throws(GitError) -> ChildAnswer {
        guard let kind = answer.failure else { return answer }
        throw GitError(kind, connection.redacting(answer.message ?? "no reason was given"))
    }

    private static func askProcess(
        _ request: ChildRequest, _ settings: GitSettings, _ limit: Duration
    ) throws(GitError) -> ChildAnswer {
        guard !settings.executable.isEmpty else {
            throw GitError(.unsupported, "there is no git program", fix: "install git")
        }
        let home = settings.dataDirectory + "/git-home"
        let input: Data
        do {
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            input = try JSONEncoder().encode(request)
        } catch {
            throw GitError(.local, "cannot prepare \(home)")
        }
        var environment = ["HOME": home, "LC_ALL": "C"]
        let inherited = ProcessInfo.processInfo.environment
        for name in ["PATH", "LD_LIBRARY_PATH", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"] {
            environment[name] = inherited[name]
        }
        let result = try ChildProcess(
            program: settings.executable, arguments: [GitChild.subcommand], environment: environment,
            input: Array(input),
            limit: limit, outputLimit: 1 << 20
        ).run()
        guard let answer = try? JSONDecoder().decode(ChildAnswer.self, from: Data(result.output)) else {
            throw GitError(.local, "the child for Git ended with \(result.status): \(result.errors.trimmedMessage)")
        }
        return answer
    }
}

/// What the child is asked, as JSON on its standard input.
struct ChildRequest: Codable, Sendable {
    enum Operation: String, Codable, Sendable { case refs, fetch, push }

    var operation: Operation
    var url: String
    var branch: String
    var noProxy: Bool
    var knownHosts: String
    var cache: String?
    var user: String?
    var password: String?
    var privateKey: String?
    var passphrase: String?
    var authorities: String?
    var old: String?
    var new: String?
}

/// What it answers, as JSON on its standard output.
struct ChildAnswer: Codable, Sendable {
    var failure: GitError.Kind?
    var message: String?
    var tip: String?
    var head: String?
    var defaultBranch: String?
    var received: Int?
}
