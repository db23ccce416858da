#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import FlowModel

/// The internal file storage in a folder of the local disk. A file is written beside the folder, made durable, and only then given
/// its name, so that nobody sees half of it.
public final class DiskFileStore: FileStore {
    private let root: String
    /// On the same disk as `root`, but not in it, since every name in there may be a user's.
    private let incoming: String
    private let threads = BlockingThreads(name: "storage files", limit: 4)

    /// - Parameter root: the folder, which is made when it is not there. Left-overs of writes that a crash cut off are removed.
    public init(root: String) throws(StorageError) {
        self.root = root
        incoming = root + ".incoming"
        try Disk.makeFolders(root)
        try Disk.makeFolders(incoming)
        for name in try Disk.names(in: incoming) { unlink("\(incoming)/\(name)") }
    }

    private func disk(_ path: FilePath) -> String { path == .root ? root : root + path.text }

    private func newTemporary() -> String {
        let (high, low) = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        return "\(incoming)/\(String(high, radix: 36))\(String(low, radix: 36))"
    }

    // MARK: Writing

    public func put(_ bytes: [UInt8], at path: FilePath) async throws(StorageError) {
        try await threads.run { [self] () throws(StorageError) in
            let file = try OpenFile(creating: newTemporary())
            do throws(StorageError) {
                try file.write(bytes)
                try place(file, at: path)
            } catch {
                file.remove()
                throw error
            }
        }
    }

    public func put(moving local: String, to path: FilePath) async throws(StorageError) {
        try await threads.run { [self] () throws(StorageError) in
            try checkRegular(local)
            let file = try OpenFile(opening: local)
            try file.sync()
            file.close()
            try checkTarget(path)
            let target = disk(path)
            try Disk.makeFolders(Disk.parent(of: target))
            if rename(local, target) == 0 { return try Disk.syncFolder(Disk.parent(of: target)) }
            guard errno == EXDEV else { throw Disk.error("move \(local) to", path.text) }
            try copy(local, to: path)
            unlink(local)
        }
    }

    public func put(copying local: String, to path: FilePath) async throws(StorageError) {
        try await threads.run { [self] () throws(StorageError) in
            try checkRegular(local)
            try copy(local, to: path)
        }
    }

    public func writer(at path: FilePath) async throws(StorageError) -> any FileWriter {
        try await threads.run { [self] () throws(StorageError) in
            try checkTarget(path)
            return DiskFileWriter(file: try OpenFile(creating: newTemporary()), path: path, store: self)
        }
    }

    fileprivate func onThread<Answer: Sendable>(
        _ work: @escaping @Sendable () throws(StorageError) -> Answer
    ) async throws(StorageError) -> Answer {
        try await threads.run(work)
    }

    deinit { threads.close() }

    private func copy(_ local: String, to path: FilePath) throws(StorageError) {
        let source = try OpenFile(opening: local)
        defer { source.close() }
        let file = try OpenFile(creating: newTemporary())
        do throws(StorageError) {
            var offset = 0
            while true {
                let bytes = try source.read(from: offset, count: 1 << 20)
                if bytes.isEmpty { break }
                try file.write(bytes)
                offset += bytes.count
            }
            try place(file, at: path)
        } catch {
            file.remove()
            throw error
        }
    }

    /// Makes a written file durable and gives it its name.
    fileprivate func place(_ file: OpenFile, at path: FilePath) throws(StorageError) {
        try checkTarget(path)
        try file.sync()
        file.close()
        let target = disk(path)
        try Disk.makeFolders(Disk.parent(of: target))
        try Disk.rename(file.path, to: target)
    }

    private func checkTarget(_ path: FilePath) throws(StorageError) {
        if path == .root || Disk.isFolder(disk(path)) {
            throw StorageError(.invalid, "\(path) is a folder; a file needs another name")
        }
    }

    private func checkRegular(_ local: String) throws(StorageError) {
        guard let status = Disk.status(local) else { throw Disk.error("read", local) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.invalid, "\(local) is no file but a folder, a link or a device")
        }
    }

    // MARK: Reading

    public func bytes(at path: FilePath, limit: Int) async throws(StorageError) -> [UInt8] {
        try await threads.run { [self] () throws(StorageError) in
            let size = try existing(path).size
            guard size <= limit else {
                throw StorageError(.invalid, "\(path) has \(size) bytes, more than the \(limit) that are read at once")
            }
            return try read(path, from: 0, count: size)
        }
    }

    public func bytes(at path: FilePath, from offset: Int, count: Int) async throws(StorageError) -> [UInt8] {
        try await threads.run { [self] () throws(StorageError) in
            let size = try existing(path).size
            guard offset >= 0, offset < size, count > 0 else { return [] }
            return try read(path, from: offset, count: min(count, size - offset))
        }
    }

    private func read(_ path: FilePath, from offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        let file = try OpenFile(opening: disk(path))
        defer { file.close() }
        return try file.read(from: offset, count: count)
    }

    private func existing(_ path: FilePath) throws(StorageError) -> FileInfo {
        guard let info = found(path), !info.isFolder else {
            throw StorageError(.notFound, "Unable to find file '\(path.uri)'")
        }
        return info
    }

    private func found(_ path: FilePath) -> FileInfo? {
        guard let status = Disk.status(disk(path)) else { return nil }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else { return nil }
        #if canImport(Darwin)
            let modified = status.st_mtimespec
        #else
            let modified = status.st_mtim
        #endif
        return FileInfo(
            path: path, isFolder: kind == S_IFDIR, size: kind == S_IFDIR ? 0 : Int(status.st_size),
            modified: Timestamp(milliseconds: Int64(modified.tv_sec) * 1000 + Int64(modified.tv_nsec) / 1_000_000))
    }

    public func localPath(of path: FilePath) async throws(StorageError) -> String {
        try await threads.run { [self] () throws(StorageError) in
            _ = try existing(path)
            return disk(path)
        }
    }

    public func info(at path: FilePath) async throws(StorageError) -> FileInfo? {
        try await threads.run { [self] () throws(StorageError) in found(path) }
    }

    public func list(_ folder: FilePath, deep: Bool) async throws(StorageError) -> [FileInfo] {
        try await threads.run { [self] () throws(StorageError) in
            guard let info = found(folder), info.isFolder else { return [] }
            var found: [FileInfo] = []
            try walk(folder, deep: deep) { found.append($0) }
            return found
        }
    }

    private func walk(_ folder: FilePath, deep: Bool, _ take: (FileInfo) throws(StorageError) -> Void)
        throws(StorageError)
    {
        for name in try Disk.names(in: disk(folder)) {
            guard let path = try? folder.appending(name), let info = found(path) else { continue }
            try take(info)
            if deep, info.isFolder { try walk(path, deep: true, take) }
        }
    }

    // MARK: Moving and deleting

    public func makeFolder(_ path: FilePath) async throws(StorageError) {
        try await threads.run { [self] () throws(StorageError) in try Disk.makeFolders(disk(path)) }
    }

    public func move(_ path: FilePath, to target: FilePath) async throws(StorageError) {
        try await threads.run { [self] () throws(StorageError) in
            guard path != .root, found(path) != nil else {
                throw StorageError(.notFound, "Unable to find file '\(path.uri)'")
            }
            guard !target.isWithin(path) || target == path else {
                throw StorageError(.invalid, "\(path) cannot be moved into itself")
            }
            try Disk.makeFolders(Disk.parent(of: disk(target)))
            try Disk.rename(disk(path), to: disk(target))
            try Disk.syncFolder(Disk.parent(of: disk(path)))
        }
    }

    public func delete(_ path: FilePath, keeping: FilePath?) async throws(StorageError) -> [FilePath] {
        try await threads.run { [self] () throws(StorageError) in
            guard let info = found(path) else { return [] }
            var deleted: [FilePath] = []
            try remove(info, &deleted)
            var folder = path.folder
            while folder != .root, folder != keeping, rmdir(disk(folder)) == 0 {
                deleted.append(folder)
                folder = folder.folder
            }
            if Disk.isFolder(disk(folder)) { try Disk.syncFolder(disk(folder)) }
            return deleted
        }
    }

    private func remove(_ info: FileInfo, _ deleted: inout [FilePath]) throws(StorageError) {
        if info.isFolder {
            var members: [FileInfo] = []
            try walk(info.path, deep: false) { members.append($0) }
            for member in members { try remove(member, &deleted) }
            if info.path == .root { return }
            guard rmdir(disk(info.path)) == 0 || errno == ENOENT else { throw Disk.error("delete", info.path.text) }
        } else {
            guard unlink(disk(info.path)) == 0 || errno == ENOENT else { throw Disk.error("delete", info.path.text) }
        }
        deleted.append(info.path)
    }
}

/// Writes one piece after the other.
private struct DiskFileWriter: FileWriter {
    let file: OpenFile
    let path: FilePath
    let store: DiskFileStore

    func write(_ bytes: [UInt8]) async throws(StorageError) {
        try await store.onThread { () throws(StorageError) in try file.write(bytes) }
    }

    func finish() async throws(StorageError) -> Int {
        try await store.onThread { () throws(StorageError) in
            let size = file.size
            do throws(StorageError) { try store.place(file, at: path) } catch {
                file.remove()
                throw error
            }
            return size
        }
    }

    func abandon() async {
        try? await store.onThread { () throws(StorageError) in file.remove() }
    }
}
