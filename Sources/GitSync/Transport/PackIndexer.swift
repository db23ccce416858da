import CGit2
import FoundationEssentials

/// Writes a pack into a repository cache while it arrives; it becomes visible only when it is whole.
final class PackIndexer {
    private let indexer: OpaquePointer
    private let folder: String
    private var progress = git_indexer_progress()
    private var head: [UInt8] = []
    private(set) var received = 0

    private let limit: Int

    /// - Parameter limit: Bytes; more than that is refused with `tooMuch`.
    init(cache: String, limit: Int = GitLimits.packBytes) throws(GitError) {
        self.limit = limit
        folder = cache + "/objects/pack"
        var made: OpaquePointer?
        var options = git_indexer_options()
        try check(git_indexer_options_init(&options, UInt32(GIT_INDEXER_OPTIONS_VERSION)), "receiving objects")
        try check(git_indexer_new(&made, folder, 0o444, nil, &options), "receiving objects")
        guard let made else { throw GitError(.local, "no pack can be received") }
        indexer = made
    }

    deinit { git_indexer_free(indexer) }

    func append(_ bytes: ArraySlice<UInt8>) throws(GitError) {
        received += bytes.count
        guard received <= limit else {
            throw GitError(.tooMuch, "the remote sends more than \(limit) bytes")
        }
        if head.count < 12 { head.append(contentsOf: bytes.prefix(12 - head.count)) }
        let code = bytes.withUnsafeBytes { git_indexer_append(indexer, $0.baseAddress, $0.count, &progress) }
        try check(code, "receiving objects")
    }

    /// Makes the pack part of the cache. A pack without objects leaves nothing behind.
    func finish() throws(GitError) {
        guard head.count == 12 else { throw GitError(.protocolTrouble, "the remote sent a pack that is cut off") }
        guard head[8..<12].contains(where: { $0 != 0 }) else { return }
        try check(git_indexer_commit(indexer, &progress), "receiving objects")
        guard let name = git_indexer_name(indexer) else { throw GitError(.local, "the pack has no name") }
        // Tells git that objects which these ones name may be left at the remote.
        let mark = folder + "/pack-\(String(cString: name)).promisor"
        guard FileManager.default.createFile(atPath: mark, contents: nil) else {
            throw GitError(.local, "cannot write \(mark)")
        }
    }
}

/// The commits of a cache whose parents are not in it, in the file where Git keeps them.
struct ShallowFile {
    let path: String

    init(cache: String) { path = cache + "/shallow" }

    func add(_ commits: [ObjectID]) throws(GitError) {
        guard !commits.isEmpty else { return }
        let present =
            (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
        let all = Set(present).union(commits.map(\.description))
        guard all.count > present.count else { return }
        do {
            try Data((all.sorted().joined(separator: "\n") + "\n").utf8).write(
                to: URL(filePath: path), options: .atomic)
        } catch {
            throw GitError(.local, "cannot write \(path)")
        }
    }
}
