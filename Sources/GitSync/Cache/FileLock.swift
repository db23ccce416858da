import FoundationEssentials
import Glibc

/// An advisory lock that other processes respect; it goes with the process that holds it.
final class FileLock {
    private var file: Int32 = -1

    /// Makes the folder of the lock where there is none. Waits at most ten minutes.
    init(_ path: String) async throws(GitError) {
        let start = ContinuousClock.now
        while true {
            file = try Self.handle(of: path)
            if try await acquire(path, since: start) { return }
            release()
        }
    }

    private init(file: Int32) { self.file = file }

    /// The lock if nobody holds it at this moment; nil if somebody does, or where no file can be made.
    static func ifFree(_ path: String) -> FileLock? {
        guard let file = try? handle(of: path) else { return nil }
        let lock = FileLock(file: file)
        return flock(file, LOCK_EX | LOCK_NB) == 0 && lock.isNamed(path) ? lock : nil
    }

    deinit { release() }

    func release() {
        if file >= 0 { close(file) }
        file = -1
    }

    /// - Returns: Whether what is held is the lock still: the file may have been removed while it was waited for.
    private func acquire(_ path: String, since start: ContinuousClock.Instant) async throws(GitError) -> Bool {
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
        return isNamed(path)
    }

    private func isNamed(_ path: String) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(file, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino
            && held.st_dev == named.st_dev
    }

    private static func handle(of path: String) throws(GitError) -> Int32 {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC
        var file = open(path, flags, 0o600)
        if file < 0, errno == ENOENT, let slash = path.lastIndex(of: "/") {
            try? FileManager.default.createDirectory(
                atPath: String(path[..<slash]), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            file = open(path, flags, 0o600)
        }
        guard file >= 0 else { throw GitError(.local, "cannot open \(path): \(String(cString: strerror(errno)))") }
        return file
    }
}
