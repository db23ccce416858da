import Glibc

/// Why a local file could not be read or written.
struct LocalFileError: Error, CustomStringConvertible {
    var action: String
    var path: String
    var code: Int32
    var description: String { "Cannot \(action) \(path): \(String(cString: strerror(code)))" }
}

/// A local file that is open: bytes in order, whatever its size. Its calls may wait for the disk.
struct LocalFile: ~Copyable {
    let path: String
    private let descriptor: Int32

    enum Use {
        case reading
        /// Makes the file, or empties the one that is there.
        case writing
        /// Writes behind what is there.
        case appending
        /// Makes the file, which must not be there.
        case making
    }

    init(_ path: String, for use: Use) throws(LocalFileError) {
        let flags: Int32 =
            switch use {
            case .reading: O_RDONLY
            case .writing: O_WRONLY | O_CREAT | O_TRUNC
            case .appending: O_WRONLY | O_APPEND
            case .making: O_WRONLY | O_CREAT | O_EXCL
            }
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        self.path = path
        if descriptor < 0 {
            throw LocalFileError(action: use == .reading ? "read" : "write", path: path, code: errno)
        }
    }

    deinit { close(descriptor) }

    /// The next bytes, at most `limit`; none at the end.
    func read(upTo limit: Int = 256 * 1024) throws(LocalFileError) -> [UInt8] {
        var count = 0
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
            repeat {
                count = Glibc.read(descriptor, buffer.baseAddress, limit)
            } while count < 0 && errno == EINTR
            if count < 0 { code = errno }
            used = max(0, count)
        }
        if count < 0 { throw LocalFileError(action: "read", path: path, code: code) }
        return bytes
    }

    func write(_ bytes: some Collection<UInt8>) throws(LocalFileError) {
        let whole = bytes.withContiguousStorageIfAvailable { write(buffer: UnsafeRawBufferPointer($0)) }
        let code = whole ?? Array(bytes).withUnsafeBytes { write(buffer: $0) }
        if code != 0 { throw LocalFileError(action: "write", path: path, code: code) }
    }

    /// - Returns: 0, or the number of the error.
    private func write(buffer: UnsafeRawBufferPointer) -> Int32 {
        var rest = buffer
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        return 0
    }

    /// Writes a whole new file, with its folders.
    static func write(_ bytes: some Collection<UInt8>, to path: String) throws(LocalFileError) {
        guard FileTree.makeFolder(above: path) else { throw LocalFileError(action: "write", path: path, code: errno) }
        try LocalFile(path, for: .writing).write(bytes)
    }
}
