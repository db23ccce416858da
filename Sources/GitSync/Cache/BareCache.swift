import FoundationEssentials
import Glibc

/// The folder of one remote as one set of credentials sees it:
/// `<data>/git-cache/<digest of address and credentials>/{partial,full}.git`. Source: git-engine-notes §4 "Cache".
///
/// Readers take no lock; fetching, pushing and removing hold `lock()`. A cache is only ever a copy: losing it costs time.
struct BareCache: Sendable {
    let folder: String
    let kind: CacheKind
    var path: String { "\(folder)/\(kind.rawValue).git" }

    init(_ connection: Connection, kind: CacheKind, settings: GitSettings) {
        folder = Self.root(settings) + "/" + connection.cacheName
        self.kind = kind
    }

    static func root(_ settings: GitSettings) -> String { settings.dataDirectory + "/git-cache" }

    /// Where the commit of a branch as it was last read is kept.
    static func ref(_ branch: String) -> String { "refs/sync/\(branch)" }

    /// Which repository stands at `path`: another one after it was removed and made anew. Nil when there is none.
    var identity: String? {
        var head = stat()
        guard stat(path + "/HEAD", &head) == 0 else { return nil }
        return "\(head.st_ino) \(head.st_mtim.tv_sec) \(head.st_mtim.tv_nsec)"
    }

    /// Opens the repository, making an empty one where there is none.
    /// - Throws: `corrupt` for one that cannot be opened: it must go.
    func open(origin: RemoteURL) throws(GitError) -> Repository {
        GitLibrary.start()
        if identity == nil { try create(origin) }
        touch()
        do throws(GitError) {
            return try Repository.open(path)
        } catch {
            throw GitError(.corrupt, error.what)
        }
    }

    /// Made beside and renamed into place, so that nobody sees a half-made one.
    private func create(_ origin: RemoteURL) throws(GitError) {
        var reason = ""
        // The folder may be removed for its age at any moment.
        for _ in 1...3 {
            let new = "\(folder)/new-\(UUID().uuidString)"
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
                )
            } catch {
                throw GitError(.local, "cannot make \(folder): \(error)")
            }
            _ = try Repository.create(new)
            try Self.writeConfiguration(of: new, origin: origin.address)
            if rename(new, path) == 0 { return }
            let code = errno
            reason = String(cString: strerror(code))
            try? FileManager.default.removeItem(atPath: new)
            if identity != nil { return }
            if code == ENOTEMPTY || code == EEXIST || code == ENOTDIR {
                throw GitError(.corrupt, "\(path) is no repository")
            }
        }
        throw GitError(.local, "cannot make \(path): \(reason)")
    }

    /// The configuration that `git` and libgit2 both understand: bare, with objects that may be left at the remote.
    static func writeConfiguration(of path: String, origin: String) throws(GitError) {
        let partial = path.hasSuffix("partial.git") || path.contains("/new-")
        var text = "[core]\n\trepositoryformatversion = \(partial ? 1 : 0)\n\tbare = true\n\tfilemode = true\n"
        if partial { text += "[extensions]\n\tpartialClone = origin\n" }
        let quoted = origin.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        text += "[remote \"origin\"]\n\turl = \"\(quoted)\"\n"
        if partial { text += "\tpromisor = true\n\tpartialclonefilter = blob:none\n" }
        let file = path + "/config"
        if FileManager.default.contents(atPath: file) == Data(text.utf8) { return }
        do {
            try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw GitError(.local, "cannot write \(file): \(error)")
        }
    }

    /// Removes the repository; open handles go on with what they have mapped.
    func remove() {
        let gone = "\(folder)/gone-\(UUID().uuidString)"
        if rename(path, gone) == 0 { try? FileManager.default.removeItem(atPath: gone) }
    }

    /// How many packs the cache is made of: many make reading slow.
    var packCount: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/objects/pack")) ?? []
        return names.count { $0.hasSuffix(".pack") }
    }

    /// Notes the use, for eviction.
    private func touch() { utimes(folder, nil) }

    /// Runs `work` while nobody else, of this process or another, fetches into this cache, pushes from it or removes it.
    func locked<Result>(
        _ locks: CacheLocks, _ work: () async throws(GitError) -> Result
    ) async throws(GitError) -> Result {
        try await locks.enter(folder)
        do throws(GitError) {
            let file = try await FileLock(folder + "/lock")
            defer { file.release() }
            let result = try await work()
            await locks.leave(folder)
            return result
        } catch {
            await locks.leave(folder)
            throw error
        }
    }
}
