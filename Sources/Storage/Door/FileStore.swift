import FlowModel

/// The engine's internal file storage: what `kestra:///…` URIs name. Source: engine spec, appendix B.
///
/// Paths begin with `/` and hold no `..`. A file that was put is durable when the call returns, and is never seen half.
public protocol FileStore: Sendable {
    /// Writes a file, over one that is there.
    func put(_ bytes: [UInt8], at path: FilePath) async throws(StorageError)
    /// Takes a file of the local disk in, by renaming it where that works, else by copying it. It is gone from where it was.
    func put(moving local: String, to path: FilePath) async throws(StorageError)
    func put(copying local: String, to path: FilePath) async throws(StorageError)
    /// A new file to be written piece by piece; nothing is seen at `path` before ``FileWriter/finish()``.
    func writer(at path: FilePath) async throws(StorageError) -> any FileWriter
    /// - Throws: `notFound` when there is no such file, `invalid` for one of more than `limit` bytes.
    func bytes(at path: FilePath, limit: Int) async throws(StorageError) -> [UInt8]
    /// At most `count` bytes from `offset` on; fewer at the end, none beyond it.
    func bytes(at path: FilePath, from offset: Int, count: Int) async throws(StorageError) -> [UInt8]
    /// The file's place on the local disk, for programs that read it. Not to be written to.
    func localPath(of path: FilePath) async throws(StorageError) -> String
    /// Nil when there is neither file nor folder.
    func info(at path: FilePath) async throws(StorageError) -> FileInfo?
    /// Everything below a folder, ascending by path; of its direct members only unless `deep`. None for what is not there.
    func list(_ folder: FilePath, deep: Bool) async throws(StorageError) -> [FileInfo]
    func makeFolder(_ path: FilePath) async throws(StorageError)
    /// Moves a file or folder, over a file that is there.
    func move(_ path: FilePath, to target: FilePath) async throws(StorageError)
    /// Deletes a file or a folder with all that is in it, then the folders above that have become empty, up to `keeping`.
    /// - Returns: what was deleted, files before the folders they were in; empty when there was nothing.
    func delete(_ path: FilePath, keeping: FilePath?) async throws(StorageError) -> [FilePath]
}

/// A file that is being written.
public protocol FileWriter: Sendable {
    func write(_ bytes: [UInt8]) async throws(StorageError)
    /// Makes the file durable and puts it in its place. - Returns: its size in bytes.
    func finish() async throws(StorageError) -> Int
    /// Throws away what was written.
    func abandon() async
}

/// What is known of a stored file or folder.
public struct FileInfo: Sendable, Hashable {
    public var path: FilePath
    public var isFolder: Bool
    /// In bytes; 0 for a folder.
    public var size: Int
    public var modified: Timestamp

    public init(path: FilePath, isFolder: Bool, size: Int, modified: Timestamp) {
        self.path = path
        self.isFolder = isFolder
        self.size = size
        self.modified = modified
    }
}

/// A path within the internal storage: `/company/team/flow/executions/…`. Source: engine spec, appendix B.
public struct FilePath: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Begins with `/`, ends without it (but for the root), holds no empty, `.` or `..` member.
    public let text: String

    public static let root = FilePath(checked: "/")

    /// From a path or a `kestra://` URI (percent-encoding is not touched).
    /// - Throws: `invalid` for a path with `..`, a zero byte, or a member longer than a file system takes (255 bytes).
    public init(_ text: String) throws(StorageError) {
        var rest = Substring(text)
        if rest.hasPrefix("kestra://") { rest = rest.dropFirst("kestra://".count) }
        var members: [Substring] = []
        for member in rest.split(separator: "/") where member != "." {
            guard member != ".." else {
                throw StorageError(
                    .invalid,
                    "File should be accessed with their full path and not using relative '..' path: \(text)")
            }
            guard !member.utf8.contains(0), member.utf8.count <= 255 else {
                throw StorageError(
                    .invalid, "\"\(text)\" is no path of a file: a part of it is too long or holds a zero byte")
            }
            members.append(member)
        }
        self.text = "/" + members.joined(separator: "/")
    }

    private init(checked text: String) { self.text = text }

    public var uri: String { "kestra://" + text }
    public var description: String { text }
    public var name: String {
        String(text[(text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex)...])
    }
    /// The folder it is in; of the root, the root.
    public var folder: FilePath {
        guard let slash = text.lastIndex(of: "/"), slash != text.startIndex else { return .root }
        return FilePath(checked: String(text[..<slash]))
    }

    /// - Throws: as ``init(_:)``.
    public func appending(_ members: String) throws(StorageError) -> FilePath { try FilePath(text + "/" + members) }

    /// Whether this is `folder` or lies below it.
    public func isWithin(_ folder: FilePath) -> Bool {
        folder == .root || text == folder.text || text.hasPrefix(folder.text + "/")
    }

    public static func < (one: FilePath, other: FilePath) -> Bool { one.text < other.text }
}
