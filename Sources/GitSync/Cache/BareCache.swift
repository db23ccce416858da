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

    /// Opens the repository, making an empty one where there is none.
    func open(origin: RemoteURL) throws(GitError) -> Repository {
        GitLibrary.start()
        if !FileManager.default.fileExists(atPath: path + "/HEAD") { try create(origin) }
        touch()
        return try Repository.open(path)
    }

    /// Made beside and renamed into place, so that nobody sees a half-made one.
    private func create(_ origin: RemoteURL) throws(GitError) {
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
        if rename(new, path) != 0 {
            let reason = String(cString: strerror(errno))
            try? FileManager.default.removeItem(atPath: new)
            guard FileManager.default.fileExists(atPath: path + "/HEAD") else {
                throw GitError(.local, "cannot make \(path): \(reason)")
            }
        }
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
        await locks.enter(folder)
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

/// Turns within this process: one holder for each name, the others wait in line without a thread.
actor CacheLocks {
    private var held: [String: [CheckedContinuation<Void, Never>]] = [:]

    func enter(_ name: String) async {
        guard held[name] != nil else {
            held[name] = []
            return
        }
        await withCheckedContinuation { held[name, default: []].append($0) }
    }

    func leave(_ name: String) {
        guard var waiting = held[name], !waiting.isEmpty else {
            held[name] = nil
            return
        }
        let next = waiting.removeFirst()
        held[name] = waiting
        next.resume()
    }
}

/// An advisory lock that other processes respect.
final class FileLock {
    private var file: Int32

    /// Waits at most ten minutes.
    init(_ path: String) async throws(GitError) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw GitError(.local, "cannot open \(path): \(String(cString: strerror(errno)))") }
        let start = ContinuousClock.now
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            do {
                try await Task.sleep(for: .milliseconds(50))
            } catch {
                release()
                throw GitError(.unreachable, "interrupted while another process used the repository cache")
            }
            guard start.duration(to: .now) < GitLimits.wallClock else {
                release()
                throw GitError(.unreachable, "another process holds \(path)")
            }
        }
    }

    deinit { release() }

    func release() {
        if file >= 0 { close(file) }
        file = -1
    }
}
