import FlowModel
import Logging
import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The folder of flow files: loaded at start, and followed while the server runs.
///
/// A file that cannot be read keeps the last good revision of its flow. A file that goes away does not delete its flow: what
/// was stored stays, as it does for every other way of saving.
struct FlowFolder: Sendable {
    let path: String
    let shelf: FlowShelf
    let told: ToldFiles
    let log: Logger

    /// A file that is no valid flow.
    struct Refused: Sendable {
        var file: String
        /// The flow that it seems to be.
        var key: FlowKey?
        var problems: [Problem]
        /// Tells this text of the file from others.
        var mark: Int
    }

    /// What loading the folder did.
    struct Report: Sendable {
        var loaded = 0
        var changed = 0
        var refused: [Refused] = []

        var problems: [Problem] { refused.flatMap(\.problems) }
    }

    private struct FlowText {
        var file: String
        var source: String
        var key: FlowKey?
    }

    /// How many files are compared with the store at a time.
    private static let batch = 1000

    /// Loads every `.yml` and `.yaml` file below the folder, in one transaction.
    func load() async throws -> Report {
        let report = try await load(files: FlowFiles.below(path))
        for file in report.refused { told.isNews(file) }
        return report
    }

    /// Loads these files; those that are no valid flows are reported and left out. A file whose text is stored already is
    /// not read as a flow again.
    private func load(files: [String]) async throws -> Report {
        var report = Report()
        var saves: [FlowShelf.Save] = []
        var seen: [FlowKey: String] = [:]
        for start in stride(from: 0, to: files.count, by: Self.batch) {
            let texts = files[start..<min(start + Self.batch, files.count)].compactMap { read($0, &report) }
            let stored = try await stored(texts)
            for text in texts {
                if let key = text.key, seen[key] == nil, let known = stored[key], known.isSameText(as: text.source) {
                    seen[key] = text.file
                    shelf.note(file: text.file, of: key, source: known)
                    report.loaded += 1
                    shelf.note(file: text.file, of: key, source: text.source)
                    told.forget(text.file)
                } else {
                    take(text, &seen, &saves, &report)
                }
            }
        }
        if saves.isEmpty { return report }
        let saved = try await shelf.save(saves)
        report.loaded += saved.writes.count
        report.changed = saved.writes.count { $0.outcome != .unchanged }
        return report
    }

    private func read(_ file: String, _ report: inout Report) -> FlowText? {
        guard let bytes = FlowFiles.bytes(of: file) else { return nil }
        guard let source = String(validating: bytes, as: UTF8.self) else {
            let problem = Problem(
                "yaml.encoding", at: Place(file: file, line: 1, column: 1), what: "the file is not UTF-8 text",
                fix: "save it as UTF-8")
            report.refused.append(Refused(file: file, problems: [problem], mark: bytes.hashValue))
            return nil
        }
        return FlowText(file: file, source: source, key: FlowNames.told(by: bytes))
    }

    private func stored(_ texts: [FlowText]) async throws(StorageError) -> [FlowKey: String] {
        let keys = texts.compactMap { text in text.key.map { (key: $0, revision: Int?.none) } }
        if keys.isEmpty { return [:] }
        return Dictionary(
            try await shelf.store.flows(keys).map { ($0.head.key, $0.source) }, uniquingKeysWith: { first, _ in first })
    }

    private func take(
        _ text: FlowText, _ seen: inout [FlowKey: String], _ saves: inout [FlowShelf.Save], _ report: inout Report
    ) {
        var problems: [Problem]
        var key = text.key
        do throws(Problems) {
            let reading = try shelf.read(text.source, file: text.file)
            let name = FlowKey(reading.flow.namespace, reading.flow.id)
            key = name
            guard let other = seen[name] else {
                seen[name] = text.file
                told.forget(text.file)
                return saves.append(FlowShelf.Save(key: name, source: text.source, prepared: reading))
            }
            problems = [
                Problem(
                    "flow.twice", at: Place(file: text.file, line: 1, column: 1),
                    what: "the flow \(name) stands in \(other) too", fix: "rename one of the two")
            ]
        } catch {
            problems = error.all
        }
        report.refused.append(
            Refused(file: text.file, key: key, problems: problems, mark: text.source.hashValue))
    }

    /// Reloads files as they change, until the task is cancelled.
    func follow() async throws {
        let changes = try FolderWatch.changes(in: path)
        // What changed between loading and watching.
        await reload(FlowFiles.below(path))
        for await files in changes { await reload(files.filter(FlowFiles.isFlowFile)) }
    }

    func reload(_ files: [String]) async {
        if files.isEmpty { return }
        do {
            let report = try await load(files: files.sorted())
            for file in report.refused where told.isNews(file) {
                let problems = file.problems.map { "\($0)" }.joined(separator: "\n")
                let outcome = try await outcome(of: file)
                log.warning("\(outcome):\n\(problems)")
            }
            if report.changed > 0 { log.info("Flow files loaded: \(report.changed) changed") }
        } catch {
            log.error("Flow files could not be stored; they are read again with their next change: \(error)")
        }
    }

    /// What becomes of the flow of a file that is none.
    private func outcome(of file: Refused) async throws(StorageError) -> String {
        guard let key = file.key,
            let stored = try await shelf.store.flow(key, revision: nil, evenDeleted: false)
        else { return "A flow file is not loaded" }
        return "A flow file is not loaded; \(key) keeps its last good revision, \(stored.head.revision)"
    }
}

extension String {
    /// Byte for byte, unlike `==`.
    fileprivate func isSameText(as other: String) -> Bool {
        var (one, other) = (self, other)
        return one.withUTF8 { one in
            other.withUTF8 { other in
                guard one.count == other.count, let start = one.baseAddress, let otherStart = other.baseAddress else {
                    return one.isEmpty && other.isEmpty
                }
                return memcmp(start, otherStart, one.count) == 0
            }
        }
    }
}
