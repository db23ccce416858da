import FlowModel
import TaskKit

/// What a run of SyncFlows was asked for, rendered and checked. Source: git-tasks spec §3.
struct SyncFlowsOptions: Sendable {
    var branch: String
    var namespace: String
    var directory: GitDirectory
    /// The directory as the flow names it, for messages.
    var directoryAsGiven: String
    var children = false
    var delete = false
    var ignoresInvalid = false
    var failsOnMissingDirectory = true
    /// The flow that runs the task: never deleted.
    var ownFlow: FlowKey

    /// The namespace that the folder of a file stands for: `marketing/crm/b.yaml` is in `<namespace>.marketing.crm`.
    func namespace(of path: String) -> String {
        let folders = path.split(separator: "/").dropLast()
        return ([namespace] + folders.map(String.init)).joined(separator: ".")
    }

    /// The first folder on a file's way that no namespace can be named like.
    func folderWithoutNamespace(of path: String) -> String? {
        path.split(separator: "/").dropLast().map(String.init).first { !NamespaceName.isPart($0) }
    }
}

/// Which files of a listing are flows. Source: git-tasks spec §2.3, §2.4, §3.3 (OUR RULE D10).
struct FlowFileSelection: Sendable {
    var flows: [TreeFile] = []
    /// Files that are no YAML: told once, then left alone.
    var others: [String] = []

    init(_ files: [TreeFile], ignore: IgnoreFile) {
        for file in files {
            let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
            if [".git", ".gitignore", ".gitkeep", IgnoreFile.name].contains(name) { continue }
            if ignore.ignores(file: file.path) { continue }
            if Self.isFlow(name) { flows.append(file) } else { others.append(file.path) }
        }
    }

    static func isFlow(_ name: String) -> Bool {
        let lower = name.suffix(5).lowercased()
        return lower.hasSuffix(".yml") || lower == ".yaml"
    }
}

/// One flow file of Git after reading and checking.
struct CheckedFile: Sendable {
    /// Below the synced directory.
    var path: String
    var blob: ObjectID
    /// Where its flow goes.
    var namespace: String
    /// The text to store, rewritten; empty when the file cannot be read.
    var source: String
    var id: String?
    /// Why it cannot be stored; empty for a valid flow.
    var errors: [String] = []
    var prepared: (any Sendable)?

    var key: FlowKey? { id.map { FlowKey(namespace: namespace, id: $0) } }

    /// The flow that the file most likely means although it is not valid: by its id, or else by its own name.
    var presumedKey: FlowKey {
        if let key { return key }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        return FlowKey(namespace: namespace, id: stem)
    }
}

/// A file that is in step with the store, as the last run left it.
struct SyncedFile: Sendable, Hashable {
    var path: String
    var blob: ObjectID
    var key: FlowKey
    var revision: Int
}

/// What a sync will do, decided before anything is written: rows, saves, deletions. Pure.
///
/// Source: git-tasks spec §3.4–3.7, OUR RULES D3, D11, D13, D15, D17, D18.
struct SyncFlowsPlan: Sendable {
    struct Entry: Sendable {
        var file: SyncedFile
        var state: SyncRow.State
        var save: FlowChange.Save?
    }

    /// The valid files, by path.
    var entries: [Entry] = []
    /// Flows to delete, with their last revisions.
    var deletions: [(key: FlowKey, revision: Int)] = []
    var warnings: [String] = []
    /// Whether another run on the same commit may trust this one: false when something was skipped.
    var isComplete = true

    /// - Parameters:
    ///   - files: Every file that has to be looked at.
    ///   - stored: The stored flows that may be meant by them.
    ///   - kept: Files of the last run that did not change, which the plan takes over.
    ///   - before: The flows that go when no file produces them (looked at with `delete` only).
    /// - Throws: `invalid` naming all files that are no valid flows or that are twice the same flow.
    init(
        _ options: SyncFlowsOptions, files: [CheckedFile], stored: [FlowKey: StoredFlow],
        deletedRevisions: [FlowKey: Int],
        kept: [SyncedFile] = [], before: [(key: FlowKey, revision: Int)]
    ) throws(GitError) {
        var producers: [FlowKey: String] = [:]
        var protected: Set<FlowKey> = [options.ownFlow]
        var failures: [String] = []
        func produce(_ key: FlowKey, by path: String) {
            if let other = producers.updateValue(path, forKey: key) {
                failures.append(
                    "The flow \(key.namespace).\(key.id) is defined twice: in \(options.directory.path(other)) and in"
                        + " \(options.directory.path(path)); fix: remove one of the files or give it another id")
            }
        }
        for file in kept {
            produce(file.key, by: file.path)
            entries.append(Entry(file: file, state: .unchanged))
        }
        for file in files {
            guard file.errors.isEmpty, let key = file.key else {
                protected.insert(file.presumedKey)
                isComplete = false
                let text = "Invalid flow imported from Git (\(file.path)): \(file.errors.joined(separator: "; "))"
                if options.ignoresInvalid { warnings.append(text) } else { failures.append(text) }
                continue
            }
            produce(key, by: file.path)
            entries.append(Self.entry(file, key, stored[key], deletedRevisions[key]))
        }
        guard failures.isEmpty else {
            let shown = failures.prefix(20)
            let more = failures.count > shown.count ? "\nand \(failures.count - shown.count) more" : ""
            throw GitError(.invalid, shown.joined(separator: "\n") + more)
        }
        if options.delete {
            deletions = before.filter { producers[$0.key] == nil && !protected.contains($0.key) }
        }
        entries.sort { $0.file.path.utf8.lexicographicallyPrecedes($1.file.path.utf8) }
    }

    private static func entry(_ file: CheckedFile, _ key: FlowKey, _ stored: StoredFlow?, _ deleted: Int?) -> Entry {
        let save = FlowChange.Save(key: key, source: file.source, prepared: file.prepared)
        var synced = SyncedFile(path: file.path, blob: file.blob, key: key, revision: 1)
        if let stored {
            let isSame = isSameSource(file.source, stored.source)
            synced.revision = stored.revision + (isSame ? 0 : 1)
            return Entry(file: synced, state: isSame ? .unchanged : .updated, save: isSame ? nil : save)
        }
        synced.revision = (deleted ?? 0) + 1
        return Entry(file: synced, state: .added, save: save)
    }

    /// Texts that are the same flow at the same revision: equal but for `revision:` lines. Source: engine spec §1.3.
    static func isSameSource(_ one: String, _ other: String) -> Bool {
        one == other || FlowText.withoutRevisionLines(one) == FlowText.withoutRevisionLines(other)
    }

    var saves: [FlowChange.Save] { entries.compactMap(\.save) }

    /// Takes over the revisions that the store gave, in the order of `saves`.
    mutating func take(_ revisions: [Int]) {
        var next = revisions.makeIterator()
        for i in entries.indices where entries[i].save != nil {
            if let revision = next.next() { entries[i].file.revision = revision }
        }
    }

    /// The rows in the order of the output, deletions first.
    func rows(_ directory: GitDirectory) -> [SyncRow] {
        let gone = deletions.sorted { $0.key < $1.key }.map {
            SyncRow(
                gitPath: nil, state: .deleted, flowID: $0.key.id, namespace: $0.key.namespace, revision: $0.revision)
        }
        return gone
            + entries.map {
                SyncRow(
                    gitPath: directory.path($0.file.path), state: $0.state, flowID: $0.file.key.id,
                    namespace: $0.file.key.namespace, revision: $0.file.revision
                )
            }
    }
}
