import FoundationEssentials
import Synchronization

/// Git for all tasks of this process: one for each data directory, shared by every run.
public final class GitService: Sendable {
    public let settings: GitSettings
    let locks = CacheLocks()
    /// Runs of the same sync follow each other: an older state never overwrites a newer one.
    let turns = CacheLocks()
    private let listings = RefListings()
    private let http: HTTPTransport
    private let others: [any Transport]
    private let lastEviction = Mutex<ContinuousClock.Instant?>(nil)

    public init(settings: GitSettings) {
        self.settings = settings
        http = HTTPTransport(client: HTTPExchange())
        others = [CommandTransport(settings: settings), LibraryTransport(settings: settings)]
    }

    private static let services = Mutex<[String: GitService]>([:])

    /// The service of these settings, made at its first use.
    public static func shared(_ settings: GitSettings) -> GitService {
        services.withLock { services in
            if let service = services[settings.dataDirectory] { return service }
            let service = GitService(settings: settings)
            services[settings.dataDirectory] = service
            return service
        }
    }

    /// The tip of a branch, and the default branch, as the remote has them now.
    public func refs(of connection: Connection, branch: String) async throws(GitError) -> RemoteRefs {
        GitLibrary.start()
        guard Repository.isBranchName(branch) else {
            throw GitError(.invalid, "\"\(branch)\" cannot be a branch's name", fix: "write a plain name such as main")
        }
        return try await listings.refs(of: connection, branch: branch) { () async throws(GitError) in
            try await self.trying(connection) { transport throws(GitError) in
                try await transport.refs(of: connection, branch: branch)
            }
        }
    }

    /// Removes caches that were not used for long, when all together take more than `GitSettings.cacheLimit`.
    /// Happens by itself once a day while repositories are in use.
    /// - Returns: How many were removed.
    @discardableResult
    public func evict() async -> Int { await BareCache.evict(settings: settings, locks: locks) }

    private func evictOnceADay() {
        let isDue = lastEviction.withLock { last in
            if let last, last.duration(to: .now) < .seconds(24 * 3600) { return false }
            last = .now
            return true
        }
        guard isDue else { return }
        Task(executorPreference: GitThreads.shared) { await self.evict() }
    }

    /// Opens the repository of a remote at a commit, with all trees of it there, and works on it. A cache that turns out to
    /// be damaged is fetched again; more than once only because others may do the same at the same time.
    func work<Result>(
        on connection: Connection, branch: String, commit: ObjectID?,
        _ work: (RepositoryView) async throws(GitError) -> Result
    ) async throws(GitError) -> Result {
        defer { evictOnceADay() }
        for attempt in 1... {
            let use = CacheUse()
            do {
                return try await self.attempt(on: connection, branch: branch, commit: commit, use, work)
            } catch  where error.kind == .corrupt && attempt < 3 {
                guard let cache = use.cache else { throw error }
                try await cache.locked(locks) { () async throws(GitError) in
                    // Only the one that was found so: another run may have replaced it already.
                    if cache.identity == use.identity { cache.remove() }
                }
            }
        }
        throw GitError(.corrupt, "the cache of \(connection.url) cannot be read")
    }

    private func attempt<Result>(
        on connection: Connection, branch: String, commit: ObjectID?, _ use: CacheUse,
        _ work: (RepositoryView) async throws(GitError) -> Result
    ) async throws(GitError) -> Result {
        let view = try await trying(connection) { transport throws(GitError) in
            let cache = BareCache(connection, kind: transport.cacheKind, settings: settings)
            let view = try RepositoryView(
                service: self, connection: connection, branch: branch, transport: transport, cache: cache, use: use
            )
            if let commit { try await view.bring(commit) }
            return view
        }
        return try await work(view)
    }

    /// The ways to the remote, best first; the next one is tried when one cannot do it.
    private func trying<Result>(
        _ connection: Connection, _ attempt: (any Transport) async throws(GitError) -> Result
    ) async throws(GitError) -> Result {
        if connection.url.scheme == .file, !settings.allowsFiles {
            throw GitError(
                .invalid, "repositories of this machine's own files may not be used here: \(connection.url)",
                fix: "use an http or ssh address, or let the server's administrator allow file addresses"
            )
        }
        var ways = others
        let isWeb = connection.url.scheme == .http || connection.url.scheme == .https
        if isWeb, !Proxies.apply(to: connection) { ways.insert(http, at: 0) }
        var last = GitError(.unsupported, "there is no way to talk to \(connection.url)")
        for way in ways {
            do throws(GitError) {
                return try await attempt(way)
            } catch  where error.kind == .unsupported {
                last = error
            }
        }
        throw last
    }
}

/// The proxies that the environment names; our own HTTP leaves them to the `git` program.
enum Proxies {
    static func apply(to connection: Connection) -> Bool {
        guard !connection.noProxy else { return false }
        let environment = ProcessInfo.processInfo.environment
        let names =
            connection.url.scheme == .https
            ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] : ["http_proxy", "all_proxy", "ALL_PROXY"]
        guard names.contains(where: { environment[$0]?.isEmpty == false }) else { return false }
        let host = connection.url.host.lowercased()
        let exceptions = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").lowercased().split(separator: ",")
        for exception in exceptions {
            let name = exception.trimmingPrefix(" ").trimmingPrefix(".")
            if name == "*" || host == name || host.hasSuffix("." + name) { return false }
        }
        return true
    }
}
