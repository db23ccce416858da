import Crypto
import FlowModel
import FoundationEssentials

/// What the last run of one sync left behind, so that the next one needs to look only at what changed since.
///
/// Files beside the repository cache: `<name>.state` is short; it names a generation with `….files`, all synced files, and
/// `….ion`, the rows of a run that finds nothing new. They may be lost at any time, and what they say counts only while the
/// store's version is the one they name.
struct SyncMemory: Sendable {
    /// The commit that was synced, and the tree of the directory in it.
    var commit: ObjectID
    var folder: ObjectID
    /// The version of the namespace's flows just after the sync.
    var version: String
    /// How many files are in step.
    var count: Int
    /// Whether links were met: then the folder's tree alone does not tell that nothing changed, the commit does.
    var hasLinks: Bool
    /// What was warned of and will be so again.
    var notices: [String]
    fileprivate var base: String

    /// A file with the rows of a run without news, as Ion text.
    var rows: String { base + ".ion" }

    /// The name of the memory of one sync: by its parameters, in order.
    static func name(_ parameters: [String]) -> String {
        var digest = SHA256()
        for text in parameters { digest.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        return digest.finalize().prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// Where memories are kept: below the folder of a remote's caches.
struct SyncMemoryStore: Sendable {
    private static let header = "sluice sync 2"
    let folder: String
    let name: String

    init(cache folder: String, name: String) {
        self.folder = folder + "/sync"
        self.name = name
    }

    private var head: String { "\(folder)/\(name).state" }

    /// Nil when there is none or it is damaged.
    func load() -> SyncMemory? {
        guard let data = FileManager.default.contents(atPath: head) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 8, lines[0] == Self.header, lines[lines.count - 2] == "end",
            let commit = ObjectID(hex: lines[1]), let tree = ObjectID(hex: lines[2]), let count = Int(lines[5])
        else { return nil }
        return SyncMemory(
            commit: commit, folder: tree, version: String(lines[3]), count: count, hasLinks: lines[6] == "links",
            notices: lines[7..<(lines.count - 2)].map(String.init), base: "\(folder)/\(lines[4])"
        )
    }

    /// The files of a memory; nil when they are lost or damaged.
    func files(of memory: SyncMemory) -> [SyncedFile]? {
        guard let data = FileManager.default.contents(atPath: memory.base + ".files") else { return nil }
        // An array: splitting `Data` itself asks for every byte by itself, and there are a hundred a file.
        let bytes = [UInt8](data)
        var files: [SyncedFile] = []
        files.reserveCapacity(memory.count)
        var isWhole = false
        var start = 0
        while let end = bytes[start...].firstIndex(of: 10) {
            let line = bytes[start..<end]
            start = end + 1
            if line.elementsEqual("end".utf8) {
                isWhole = true
                break
            }
            let fields = line.split(separator: 9, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count == 5, let blob = ObjectID(hex: fields[1]), let revision = Int(fields[4]) else {
                return nil
            }
            let key = FlowKey(namespace: fields[2], id: fields[3])
            files.append(SyncedFile(path: fields[0], blob: blob, key: key, revision: revision))
        }
        return isWhole && files.count == memory.count ? files : nil
    }

    /// The same memory at another commit in which nothing of it changed.
    func move(_ memory: SyncMemory, to commit: ObjectID) {
        var moved = memory
        moved.commit = commit
        write(moved)
    }

    /// Keeps what a run did; a failure to do so costs the next run some time, nothing else.
    func save(
        commit: ObjectID, folder tree: ObjectID, version: String, files: [SyncedFile], directory: GitDirectory,
        hasLinks: Bool, notices: [String]
    ) {
        guard !version.contains("\n") else { return forget() }
        let before = load()
        let memory = SyncMemory(
            commit: commit, folder: tree, version: version, count: files.count, hasLinks: hasLinks,
            notices: notices.map { $0.replacing("\n", with: " ") }, base: "\(folder)/\(name).\(UUID().uuidString)"
        )
        let unchanged = files.map {
            SyncRow(
                gitPath: directory.path($0.path), state: .unchanged, flowID: $0.key.id, namespace: $0.key.namespace,
                revision: $0.revision
            )
        }
        var text: [UInt8] = []
        text.reserveCapacity(files.count * 140)
        for file in files {
            text += Array("\(file.path)\t\(file.blob)\t\(file.key.namespace)\t\(file.key.id)\t\(file.revision)\n".utf8)
        }
        text += Array("end\n".utf8)
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
            try Data(SyncRow.file(unchanged)).write(to: URL(filePath: memory.rows))
            try Data(text).write(to: URL(filePath: memory.base + ".files"))
            write(memory)
        } catch {
            return forget()
        }
        if let before { remove(before) }
    }

    private func write(_ memory: SyncMemory) {
        let generation = memory.base.split(separator: "/").last.map(String.init) ?? ""
        let lines =
            [
                Self.header, "\(memory.commit)", "\(memory.folder)", memory.version, generation, "\(memory.count)",
                memory.hasLinks ? "links" : "plain",
            ] + memory.notices + ["end", ""]
        do {
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: head), options: .atomic)
        } catch {
            try? FileManager.default.removeItem(atPath: head)
        }
    }

    private func remove(_ memory: SyncMemory) {
        for end in [".files", ".ion"] { try? FileManager.default.removeItem(atPath: memory.base + end) }
    }

    func forget() {
        if let memory = load() { remove(memory) }
        try? FileManager.default.removeItem(atPath: head)
    }
}
