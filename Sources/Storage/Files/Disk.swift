#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import FlowModel

/// The few calls of the operating system that storing files durably takes. They block.
enum Disk {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// What the last call that failed has to say.
    static func error(_ what: String, _ path: String, code: Int32 = errno) -> StorageError {
        let kind: StorageError.Kind =
            switch code {
            case ENOSPC, EDQUOT: .diskFull
            case ENOENT, ENOTDIR: .notFound
            case ENAMETOOLONG, EISDIR, EEXIST, ENOTEMPTY: .invalid
            default: .io
            }
        return StorageError(kind, "could not \(what) \(path): \(String(cString: strerror(code)))")
    }

    /// Makes a folder and those above it, each durably.
    static func makeFolders(_ path: String) throws(StorageError) {
        if mkdir(path, 0o755) == 0 { return try syncFolder(parent(of: path)) }
        switch errno {
        case EEXIST:
            guard isFolder(path) else { throw StorageError(.invalid, "\(path) is a file, not a folder") }
        case ENOENT:
            try makeFolders(parent(of: path))
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw error("make the folder", path) }
            try syncFolder(parent(of: path))
        default: throw error("make the folder", path)
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    static func syncFolder(_ path: String) throws(StorageError) {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw error("open the folder", path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw error("make durable the folder", path) }
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws(StorageError) {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Darwin)
                let count = Darwin.write(file, rest.baseAddress, rest.count)
            #elseif canImport(Musl)
                let count = Musl.write(file, rest.baseAddress, rest.count)
            #else
                let count = Glibc.write(file, rest.baseAddress, rest.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                throw error("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Gives a file its name durably, over a file of that name.
    static func rename(_ path: String, to target: String) throws(StorageError) {
        #if canImport(Darwin)
            let code = Darwin.rename(path, target)
        #elseif canImport(Musl)
            let code = Musl.rename(path, target)
        #else
            let code = Glibc.rename(path, target)
        #endif
        guard code == 0 else { throw error("give its name to", target) }
        try syncFolder(parent(of: target))
    }

    /// The names in a folder, ascending.
    static func names(in path: String) throws(StorageError) -> [String] {
        guard let folder = opendir(path) else { throw error("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// Keeps a second process from opening the same data; ends with the process, however it ends.
final class ProcessLock: Sendable {
    private let file: Int32

    init(path: String) throws(StorageError) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Disk.error("open the lock", path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            if code == EWOULDBLOCK {
                throw StorageError(.inUse, "another process has \(path) locked: stop it, or use another data folder")
            }
            throw Disk.error("lock", path, code: code)
        }
    }

    func release() { flock(file, LOCK_UN) }

    deinit { close(file) }
}
