import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The folder for what running tasks keep on disk: each run of the server has its own within one that they share, and holds
/// a lock on it, so that those which a killed server left behind are known and removed.
final class TemporaryFolders: Sendable {
    /// Folders nested deeper than this are left: nothing of ours is.
    private static let deepest = 200

    private let parent: String
    private let name: String
    private let lock = Mutex<Int32>(-1)
    private let isStopped = Atomic(false)

    init(parent: String, name: String) {
        self.parent = parent
        self.name = name
    }

    /// The folder of this run of the server.
    var path: String { "\(parent)/\(name)" }

    /// Makes the folder and locks it while the process lives. Without it tasks make it themselves, unlocked.
    func open() {
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = openFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        lock.withLock { $0 = descriptor }
    }

    /// Removes what others left that do not live any more, on a thread of its own; ``close()`` ends it early.
    /// - Returns: how many folders were removed.
    func removeLeftovers() async -> Int {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.sweep()) }
        }
    }

    /// Gives the folder back, and removes it when nothing is left in it.
    func close() {
        isStopped.store(true, ordering: .relaxed)
        lock.withLock { descriptor in
            if descriptor >= 0 { closeFile(descriptor) }
            descriptor = -1
        }
        rmdir(path)
    }

    // MARK: -

    private func sweep() -> Int {
        let folder = openFile(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return 0 }
        defer { closeFile(folder) }
        var count = 0
        for entry in names(in: folder) where entry != name {
            guard let descriptor = Self.openFolder(entry, in: folder) else { continue }
            defer { closeFile(descriptor) }
            // Who holds the lock lives; it may be another program on the same data.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            empty(descriptor, depth: 0)
            if unlinkat(folder, entry, AT_REMOVEDIR) == 0 { count += 1 }
            if isStopped.load(ordering: .relaxed) { break }
        }
        return count
    }

    /// Removes all that is in a folder. Links are removed, never followed.
    private func empty(_ folder: Int32, depth: Int) {
        for name in names(in: folder) {
            if isStopped.load(ordering: .relaxed) { return }
            if unlinkat(folder, name, 0) == 0 { continue }
            guard depth < Self.deepest, let inner = Self.openFolder(name, in: folder) else { continue }
            empty(inner, depth: depth + 1)
            closeFile(inner)
            unlinkat(folder, name, AT_REMOVEDIR)
        }
    }

    /// Opens a folder of this user; nil for anything else, links to folders included.
    private static func openFolder(_ name: String, in folder: Int32) -> Int32? {
        var facts = stat()
        guard fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0, facts.st_mode & S_IFMT == S_IFDIR,
            facts.st_uid == geteuid()
        else { return nil }
        // A script may have closed its own folder.
        if facts.st_mode & S_IRWXU != S_IRWXU { fchmodat(folder, name, 0o700, 0) }
        let descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return descriptor >= 0 ? descriptor : nil
    }

    private func names(in folder: Int32) -> [String] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return [] }
        guard let stream = fdopendir(copy) else {
            closeFile(copy)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// The C library's, beside methods of the same names.
private func openFile(_ path: String, _ flags: Int32) -> Int32 { open(path, flags) }
private func closeFile(_ descriptor: Int32) { close(descriptor) }
