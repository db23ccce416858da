/// placeholder
struct LibraryTransport: Transport {
    let cacheKind = CacheKind.full
    let settings: GitSettings
    func refs(of connection: Connection, branch: String) async throws(GitError) -> RemoteRefs {
        throw GitError(.unsupported, "git program is needed")
    }
    func fetch(
        commit: ObjectID, branch: String, known: ObjectID?, into cache: String, from connection: Connection
    ) async throws(GitError) -> Int { throw GitError(.unsupported, "git program is needed") }
    func fetch(blobs: [ObjectID], into cache: String, from connection: Connection) async throws(GitError) -> Int {
        throw GitError(.unsupported, "git program is needed")
    }
    func push(_ request: PushRequest, from cache: String, to connection: Connection) async throws(GitError) {
        throw GitError(.unsupported, "git program is needed")
    }
}
