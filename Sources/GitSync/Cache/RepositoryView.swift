/// Which repository a run works with, so that only that one is removed when it turns out to be damaged.
final class CacheUse {
    fileprivate(set) var cache: BareCache?
    fileprivate(set) var identity: String?
}

/// One remote's repository as one task sees it: the cache, open, and the way to bring what is missing.
final class RepositoryView {
    /// More packs than this make reading slow: the cache is made anew, which costs one fetch.
    private static let mostPacks = 60

    let service: GitService
    let connection: Connection
    let branch: String
    let transport: any Transport
    let cache: BareCache
    private(set) var repository: Repository
    /// Bytes that came over the network.
    private(set) var received = 0
    private let use: CacheUse

    init(
        service: GitService, connection: Connection, branch: String, transport: any Transport, cache: BareCache,
        use: CacheUse
    ) throws(GitError) {
        self.service = service
        self.connection = connection
        self.branch = branch
        self.transport = transport
        self.cache = cache
        self.use = use
        use.cache = cache
        use.identity = cache.identity
        repository = try cache.open(origin: connection.url)
        use.identity = cache.identity
    }

    private func open() throws(GitError) {
        repository = try cache.open(origin: connection.url)
        use.identity = cache.identity
    }

    /// With the lock held: what was left half done goes, and what came or was made anew meanwhile is seen.
    private func prepare() throws(GitError) {
        cache.removeLeftovers()
        if cache.identity == use.identity { try repository.refresh() } else { try open() }
    }

    /// Sees to it that a commit and all its trees are in the cache.
    func bring(_ commit: ObjectID) async throws(GitError) {
        if holdsTree(of: commit) { return }
        try await cache.locked(service.locks) { () async throws(GitError) in
            try prepare()
            if holdsTree(of: commit) { return }
            if cache.packCount > Self.mostPacks {
                cache.remove()
                try open()
            }
            let ref = BareCache.ref(branch)
            let known = try repository.target(of: ref)
            if let base = known, !holdsTree(of: base) {
                throw GitError(.corrupt, "the cache of \(connection.url) cannot be read")
            }
            received += try await transport.fetch(
                commit: commit, branch: branch, known: known, into: cache.path, from: connection
            )
            try repository.refresh()
            guard holdsTree(of: commit) else {
                let isHere = repository.holds(commit)
                throw GitError(
                    isHere ? .corrupt : .moved,
                    isHere
                        ? "the cache of \(connection.url) cannot be read"
                        : "the branch \(branch) of \(connection.url) moved while it was fetched"
                )
            }
            try repository.point(ref, to: commit)
        }
    }

    private func holdsTree(of commit: ObjectID) -> Bool {
        guard repository.holds(commit), let tree = try? repository.tree(ofCommit: commit) else { return false }
        return repository.holds(tree)
    }

    /// Sees to it that these blobs are in the cache: all that are missing come in one exchange.
    func bring(blobs: some Sequence<ObjectID>) async throws(GitError) {
        var seen: Set<ObjectID> = []
        let missing = blobs.filter { !repository.holds($0) && seen.insert($0).inserted }
        guard !missing.isEmpty else { return }
        try await cache.locked(service.locks) { () async throws(GitError) in
            try prepare()
            let missing = missing.filter { !repository.holds($0) }
            guard !missing.isEmpty else { return }
            received += try await transport.fetch(blobs: missing, into: cache.path, from: connection)
            try repository.refresh()
            guard missing.allSatisfy({ repository.holds($0) }) else {
                throw GitError(.corrupt, "\(connection.url) did not send all files that were asked for")
            }
        }
    }

    /// Looks for the folder that a task names, with links on the way resolved inside the repository.
    /// - Returns: also where it really lies, which is another path than `path` where a link leads there.
    func folder(
        _ path: GitDirectory, root: ObjectID
    ) async throws(GitError) -> (found: FolderFound, path: GitDirectory) {
        var path = path
        for _ in 0...GitLimits.linkHops {
            let found = try repository.folder(path, inTree: root)
            guard case .link(let link, let part) = found else { return (found, path) }
            let before = Array(path.parts[..<part])
            switch try LinkResolver(repository: repository, root: root).resolve(link, in: before) {
            case .missing(let text): try await bring(blobs: [text])
            case .outside: return (.missing, path)
            case .found(let end, let target):
                guard end.kind == .folder else { return (.other("a file"), path) }
                path = GitDirectory(parts: target + path.parts[(part + 1)...])
            }
        }
        return (.missing, path)
    }

    /// Lists the files below a folder, with links resolved: brings the texts of links as needed.
    func list(
        folder: ObjectID, at path: GitDirectory, root: ObjectID, deep: Bool
    ) async throws(GitError) -> TreeListing {
        for _ in 0...GitLimits.linkHops {
            let listing = try repository.list(folder: folder, at: path, root: root, deep: deep)
            if listing.missingLinks.isEmpty { return listing }
            try await bring(blobs: listing.missingLinks)
        }
        throw GitError(.tooMuch, "the links below \(path) are too many")
    }

    /// Pushes what was written into memory as a new tip of the branch, and keeps it in the cache.
    func push(_ commit: ObjectID, over old: ObjectID?) async throws(GitError) {
        let request = PushRequest(branch: branch, old: old, new: commit, pack: try repository.packOfWritten())
        try await cache.locked(service.locks) { () async throws(GitError) in
            try prepare()
            try await transport.push(request, from: cache.path, to: connection)
            // From here on the remote has it: a cache that cannot keep it only costs a fetch later.
            do throws(GitError) {
                let indexer = try PackIndexer(cache: cache.path)
                try indexer.append(request.pack[...])
                try indexer.finish()
                try repository.refresh()
                try repository.point(BareCache.ref(branch), to: commit)
            } catch {
                return
            }
        }
    }
}
