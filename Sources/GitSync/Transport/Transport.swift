/// One ref and the default branch, as a remote lists them.
public struct RemoteRefs: Sendable, Hashable {
    /// What the branch asked for names; nil when the remote has no such branch.
    public var tip: ObjectID?
    /// The commit of HEAD; nil in an empty repository.
    public var head: ObjectID?
    /// The branch that HEAD names, without `refs/heads/`, where the remote tells.
    public var defaultBranch: String?

    public init(tip: ObjectID? = nil, head: ObjectID? = nil, defaultBranch: String? = nil) {
        self.tip = tip
        self.head = head
        self.defaultBranch = defaultBranch
    }
}

/// A commit to push on top of what the branch was.
struct PushRequest: Sendable {
    var branch: String
    /// What the branch names on the remote; nil when it is new there.
    var old: ObjectID?
    var new: ObjectID
    /// The new objects as one pack.
    var pack: [UInt8]
}

/// The network side of Git: lists, fetches into a cache, pushes from it. Source: git-engine-notes §4.
///
/// Every call ends by its deadline. Called on `GitThreads`, with the cache's lock held for `fetch` and `push`.
protocol Transport: Sendable {
    /// Which kind of cache it fetches into: transports that cannot share have different kinds.
    var cacheKind: CacheKind { get }

    func refs(of connection: Connection, branch: String) async throws(GitError) -> RemoteRefs

    /// Brings the commit and its trees, and as many of its blobs as this way of fetching brings.
    /// - Parameter known: A commit that the cache holds already, to build upon.
    /// - Returns: The bytes received.
    @discardableResult
    func fetch(
        commit: ObjectID, branch: String, known: ObjectID?, into cache: String, from connection: Connection
    ) async throws(GitError) -> Int

    /// Brings these blobs in one exchange.
    @discardableResult
    func fetch(
        blobs: [ObjectID], into cache: String, from connection: Connection
    ) async throws(GitError) -> Int

    /// Pushes, only if the branch still names `old`.
    /// - Throws: `moved` when it does not, `refused` with the server's own words.
    func push(_ request: PushRequest, from cache: String, to connection: Connection) async throws(GitError)
}
