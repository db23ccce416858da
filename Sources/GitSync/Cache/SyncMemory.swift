import Crypto
import FlowModel
import FoundationEssentials
import Glibc

/// What the last run of one sync left behind, so that the next one needs to look only at what changed since.
///
/// Files beside the repository cache: `<name>.state` is short; it names a generation with `….files`, all synced files, and
/// `….ion`, the rows of a run that finds nothing new. What they say counts only while the store's version is the one they
/// name. A generation never changes, but it goes when the next one is there: whoever holds its name may find it gone at any
/// moment, and then looks again or does without.
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
    /// The size of the rows, so that a file that was cut off is not taken for them.
    fileprivate(set) var rowBytes: Int
    /// The files of one save, below the store's folder; each save has a new one.
    fileprivate(set) var generation: String

    /// The name of the memory of one sync: by its parameters, in order.
    static func name(_ parameters: [String]) -> String {
        var digest = SHA256()
        for text in parameters { digest.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        return digest.finalize().prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// Where memories are kept: below the folder of a remote's caches.
struct SyncMemoryStore: Sendable {
    private static let header = "sluice sync 3"
    let folder: String
    let name: String

    init(cache folder: String, name: String) {
        self.folder = folder + "/sync"
        self.name = name
    }

    private var head: String { "\(folder)/\(name).state" }
    private var lockPath: String { "\(folder)/\(name).lock" }

    private func path(_ memory: SyncMemory, _ end: String) -> String { "\(folder)/\(memory.generation)\(end)" }

    /// Names these memories among all of this process.
    var key: String { "\(folder)/\(name)" }

    /// Nil when there is none or it is damaged.
    func load() -> SyncMemory? {
        guard let data = FileManager.default.contents(atPath: head) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 10, lines[0] == Self.header, lines[lines.count - 2] == "end",
            let commit = ObjectID(hex: lines[1]), let tree = ObjectID(hex: lines[2]), let count = Int(lines[5]),
            let rowBytes = Int(lines[7]), lines[4].hasPrefix(name + ".")
        else { return nil }
        return SyncMemory(
            commit: commit, folder: tree, version: String(lines[3]), count: count, hasLinks: lines[6] == "links",
            notices: lines[8..<(lines.count - 2)].map(String.init), rowBytes: rowBytes, generation: String(lines[4])
        )
    }

    /// The rows of a run without news, as Ion text; nil when they are lost, cut off, or replaced by a newer generation.
    func rows(of memory: SyncMemory) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path(memory, ".ion")), data.count == memory.rowBytes
        else { return nil }
        // What is in use is not cleaned away.
        utimes(head, nil)
        return [UInt8](data)
    }

    /// The files of a memory; nil when they are lost or damaged.
    func files(of memory: SyncMemory) -> [SyncedFile]? {
        guard let data = FileManager.default.contents(atPath: path(memory, ".files")) else { return nil }
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
        guard let lock = FileLock.ifFree(lockPath) else { return }
        defer { lock.release() }
        guard load()?.generation == memory.generation else { return }
        var moved = memory
        moved.commit = commit
        write(moved)
    }

    /// Keeps what a run did; a failure to do so costs the next run some time, nothing else. Nothing is kept while another
    /// run keeps the same: what that one keeps is as good.
    func save(
        commit: ObjectID, folder tree: ObjectID, version: String, files: [SyncedFile], directory: GitDirectory,
        hasLinks: Bool, notices: [String]
    ) {
        guard !version.contains("\n") else { return forget() }
        guard let lock = FileLock.ifFree(lockPath) else { return }
        defer { lock.release() }
        let rows = SyncRow.file(
            files.map {
                SyncRow(
                    gitPath: directory.path($0.path), state: .unchanged, flowID: $0.key.id, namespace: $0.key.namespace,
                    revision: $0.revision
                )
            })
        let memory = SyncMemory(
            commit: commit, folder: tree, version: version, count: files.count, hasLinks: hasLinks,
            notices: notices.map { $0.replacing("\n", with: " ") }, rowBytes: rows.count,
            generation: "\(name).\(UUID().uuidString)"
        )
        var text: [UInt8] = []
        text.reserveCapacity(files.count * 140)
        for file in files {
            text += Array("\(file.path)\t\(file.blob)\t\(file.key.namespace)\t\(file.key.id)\t\(file.revision)\n".utf8)
        }
        text += Array("end\n".utf8)
        do {
            try Data(rows).write(to: URL(filePath: path(memory, ".ion")))
            try Data(text).write(to: URL(filePath: path(memory, ".files")))
            write(memory)
        } catch {
            unlink(head)
        }
        clean()
    }

    private func write(_ memory: SyncMemory) {
        let lines =
            [
                Self.header, "\(memory.commit)", "\(memory.folder)", memory.version, memory.generation,
                "\(memory.count)",
                memory.hasLinks ? "links" : "plain", "\(memory.rowBytes)",
            ] + memory.notices + ["end", ""]
        let new = path(memory, ".state")
        do {
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: new))
            if rename(new, head) != 0 { unlink(head) }
        } catch {
            unlink(head)
        }
    }

    func forget() {
        unlink(head)
        guard let lock = FileLock.ifFree(lockPath) else { return }
        clean()
        lock.release()
    }
}

extension SyncMemoryStore {
    /// More memories than this of one repository are not kept; the longest unused ones go.
    private static let mostMemories = 200
    /// Seconds; a memory that was not used for so long goes.
    private static let oldest = 30.0 * 24 * 3600

    /// With the lock held: removes all generations but the one in use, also those of a process that was killed while it
    /// wrote them, and the memories of syncs that are no more.
    private func clean() {
        let files = FileManager.default
        let current = load()?.generation
        var others: [Substring: [String]] = [:]
        for file in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
            let owner = file.prefix { $0 != "." }
            if owner != name {
                others[owner, default: []].append(file)
            } else if let current, file.hasPrefix(current + ".") {
                continue
            } else if file != "\(name).state", file != "\(name).lock" {
                unlink("\(folder)/\(file)")
            }
        }
        var memories = others.map { owner, names in
            (names: names, age: names.map { BareCache.age(of: "\(folder)/\($0)") }.min() ?? 0)
        }
        memories.sort { $0.age < $1.age }
        for (i, memory) in memories.enumerated() where i + 1 >= Self.mostMemories || memory.age > Self.oldest {
            memory.names.forEach { unlink("\(folder)/\($0)") }
        }
    }
}
