import FoundationEssentials

/// Lets the `git` program talk to the remote: every kind of address, key and proxy, and killable at its deadline.
struct CommandTransport: Transport {
    let cacheKind = CacheKind.partial
    let settings: GitSettings

    func refs(of connection: Connection, branch: String) async throws(GitError) -> RemoteRefs {
        let listed = try run(
            ["ls-remote", "--symref", "--", connection.url.address, "refs/heads/\(branch)", "HEAD"], connection,
            limit: connection.connectTimeout + connection.readTimeout
        )
        var found = RemoteRefs()
        for line in String(decoding: listed.output, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: "\t")
            guard fields.count == 2 else { continue }
            if fields[1] == "HEAD", fields[0].hasPrefix("ref: refs/heads/") {
                found.defaultBranch = String(fields[0].dropFirst(16))
            } else if fields[1] == "HEAD" {
                found.head = ObjectID(hex: fields[0])
            } else if fields[1] == "refs/heads/\(branch)" {
                found.tip = ObjectID(hex: fields[0])
            }
        }
        return found
    }

    func fetch(
        commit: ObjectID, branch: String, known: ObjectID?, into cache: String, from connection: Connection
    ) async throws(GitError) -> Int {
        try await setOrigin(of: cache, to: connection)
        let before = packBytes(cache)
        do {
            try run(fetchArguments(cache) + ["--depth=1", "origin", "\(commit)"], connection)
        } catch  where error.kind == .protocolTrouble {
            // A server of old gives commits by the name of their branch only.
            try run(fetchArguments(cache) + ["--depth=1", "origin", "refs/heads/\(branch)"], connection)
        }
        return packBytes(cache) - before
    }

    func fetch(blobs: [ObjectID], into cache: String, from connection: Connection) async throws(GitError) -> Int {
        try await setOrigin(of: cache, to: connection)
        let before = packBytes(cache)
        let names = blobs.map { "\($0)\n" }.joined()
        try run(fetchArguments(cache) + ["--stdin", "origin"], connection, input: Array(names.utf8))
        return packBytes(cache) - before
    }

    func push(_ request: PushRequest, from cache: String, to connection: Connection) async throws(GitError) {
        try await setOrigin(of: cache, to: connection)
        let indexer = try PackIndexer(cache: cache)
        try indexer.append(request.pack[...])
        try indexer.finish()
        let ref = "refs/heads/\(request.branch)"
        let lease = "--force-with-lease=\(ref):\(request.old?.description ?? "")"
        let result = try process(
            ["--git-dir=\(cache)", "push", "--porcelain", "--no-verify", lease, "origin", "\(request.new):\(ref)"],
            connection
        )
        guard result.status != 0 else { return }
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("!\t") }) else { throw explained(result, connection) }
        let reason = line.split(separator: "\t").dropFirst(2).joined(separator: " ")
        if [
            "stale info", "non-fast-forward", "fetch first", "already exists", "failed to update ref",
            "cannot lock ref",
        ]
        .contains(where: { reason.contains($0) }) {
            throw GitError(.moved, "the branch \(request.branch) of \(connection.url) moved meanwhile")
        }
        let said = result.errors.split(separator: "\n").filter { $0.hasPrefix("remote:") }
            .map { String($0.dropFirst(7)).trimmedMessage }.filter { !$0.isEmpty }.joined(separator: "\n")
        let text = connection.redacting(said.isEmpty ? reason : "\(said) \(reason)")
        throw GitError(.refused, "\(connection.url) refused the push to \(request.branch): \(text)")
    }

    private func fetchArguments(_ cache: String) -> [String] {
        [
            "--git-dir=\(cache)", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no",
            "--no-auto-maintenance", "--filter=blob:none",
        ]
    }

    /// Tells the cache where its objects come from; `git` wants it by the name of a remote.
    private func setOrigin(of cache: String, to connection: Connection) async throws(GitError) {
        try BareCache.writeConfiguration(of: cache, origin: connection.url.address)
    }

    @discardableResult
    private func run(
        _ arguments: [String], _ connection: Connection, input: [UInt8] = [], limit: Duration = GitLimits.wallClock
    ) throws(GitError) -> ChildProcess.Result {
        let result = try process(arguments, connection, input: input, limit: limit)
        guard result.status == 0 else { throw explained(result, connection) }
        return result
    }

    private func process(
        _ arguments: [String], _ connection: Connection, input: [UInt8] = [], limit: Duration = GitLimits.wallClock
    ) throws(GitError) -> ChildProcess.Result {
        guard connection.url.scheme != .file || settings.allowsFiles else {
            throw GitError(.invalid, "repositories of this machine's own files may not be used here: \(connection.url)")
        }
        let environment = try GitEnvironment(connection, settings: settings)
        defer { environment.finish() }
        return try ChildProcess(
            program: settings.program, arguments: arguments, environment: environment.variables, input: input,
            limit: limit
        ).run()
    }

    private func packBytes(_ cache: String) -> Int {
        let folder = cache + "/objects/pack"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".pack") }.reduce(0) { sum, name in
            let size = (try? FileManager.default.attributesOfItem(atPath: folder + "/" + name))?[.size]
            return sum + ((size as? Int) ?? (size as? UInt64).map(Int.init) ?? 0)
        }
    }

    /// Says in our words what `git` said in its own.
    private func explained(_ result: ChildProcess.Result, _ connection: Connection) -> GitError {
        let url = connection.url
        let text = connection.redacting(result.errors).trimmedMessage
        func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
        if says("REMOTE HOST IDENTIFICATION HAS CHANGED", "Host key verification failed") {
            let offered = text.split { $0.isWhitespace }.first { $0.hasPrefix("SHA256:") } ?? "unknown"
            let kept = KnownHosts(settings: settings).fingerprints(of: url.host)
            return GitError(
                .untrusted,
                "the host key of \(url.host) has changed: it shows \(offered), known is \(kept.joined(separator: ", "))",
                fix: "if the change is right, remove the host from \(KnownHosts(settings: settings).path)"
            )
        }
        if says("SSL certificate problem", "server certificate verification failed", "SSL: ", "gnutls_handshake") {
            return GitError(.untrusted, "the secure connection to \(url.host) could not be established: \(text)")
        }
        if says(
            "Authentication failed", "could not read Username", "could not read Password", "Permission denied",
            "error: 403",
            "incorrect passphrase", "Load key", "error: 401")
        {
            return GitError(.notAuthorized, "not authorized: \(url): \(text)")
        }
        if says("not found", "does not exist", "does not appear to be a git repository", "not a git repository") {
            return GitError(.noRepository, "\(url) was not found: \(text)")
        }
        if says(
            "Could not resolve host", "Failed to connect", "Couldn't connect", "timed out", "Connection refused",
            "Connection reset", "early EOF", "hung up",
            "No route to host", "Name or service not known")
        {
            return GitError(.unreachable, "\(url.host) cannot be reached: \(text)")
        }
        return GitError(.protocolTrouble, "git could not talk to \(url): \(text)")
    }
}
