#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Synchronization

/// A file of the local disk while it is open; closed at the latest with its last reference.
final class OpenFile: Sendable {
    let path: String
    /// The descriptor, nil once closed, and how many bytes were written.
    private let state: Mutex<(descriptor: Int32?, written: Int)>

    /// A new file, to be written.
    init(creating path: String) throws(StorageError) {
        self.path = path
        state = Mutex((try Self.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC), 0))
    }

    /// A file that is there, to be read.
    init(opening path: String) throws(StorageError) {
        self.path = path
        state = Mutex((try Self.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), 0))
    }

    deinit { close() }

    private static func open(_ path: String, _ flags: Int32) throws(StorageError) -> Int32 {
        #if canImport(Darwin)
            let file = Darwin.open(path, flags, 0o644)
        #elseif canImport(Musl)
            let file = Musl.open(path, flags, 0o644)
        #else
            let file = Glibc.open(path, flags, 0o644)
        #endif
        guard file >= 0 else { throw Disk.error("open", path) }
        return file
    }

    var size: Int { state.withLock(\.written) }

    private func descriptor() throws(StorageError) -> Int32 {
        guard let file = state.withLock(\.descriptor) else { throw StorageError(.closed, "\(path) was closed already") }
        return file
    }

    func write(_ bytes: [UInt8]) throws(StorageError) {
        let file = try descriptor()
        let failure: StorageError? = bytes.withUnsafeBytes { buffer in
            do throws(StorageError) { try Disk.write(buffer, to: file, path) } catch { return error }
            return nil
        }
        if let failure { throw failure }
        state.withLock { $0.written += bytes.count }
    }

    /// At most `count` bytes; fewer only at the file's end.
    func read(from offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        let file = try descriptor()
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(file, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0 {
                    if errno == EINTR { continue }
                    code = errno
                    return
                }
                if got == 0 { return }
                filled += got
            }
        }
        if code != 0 { throw Disk.error("read", path, code: code) }
        return bytes
    }

    func sync() throws(StorageError) {
        guard fsync(try descriptor()) == 0 else { throw Disk.error("make durable", path) }
    }

    func close() {
        let file = state.withLock { state in
            defer { state.descriptor = nil }
            return state.descriptor
        }
        guard let file else { return }
        #if canImport(Darwin)
            _ = Darwin.close(file)
        #elseif canImport(Musl)
            _ = Musl.close(file)
        #else
            _ = Glibc.close(file)
        #endif
    }

    func remove() {
        close()
        unlink(path)
    }
}
