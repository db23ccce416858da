import Crypto
import FlowModel
import TaskKit

/// What a run of PushFlows was asked for, rendered and checked. Source: git-tasks spec §7.
struct PushFlowsOptions: Sendable {
    var branch: String
    var directory: GitDirectory
    var sourceNamespace: String
    /// Nil: namespaces stay as they are.
    var targetNamespace: String?
    /// Globs on the flow's id; nil selects all.
    var globs: [JavaGlob]?
    var children = false
    var delete = true
}

/// What a push will change below its directory, decided before anything is written. Pure.
///
/// Made in two steps because the second needs file contents that may have to be fetched first: `needed` tells which.
/// Source: git-tasks spec §7, OUR RULES D5, D16, D20, D23.
struct PushFlowsPlan: Sendable {
    struct File: Sendable {
        /// From the root of the repository.
        var path: String
        var bytes: [UInt8]
        /// What Git has at the path.
        var blob: ObjectID?
        /// Whether it is a program there, and stays one.
        var isProgram = false
    }

    /// The selected flows that are not ignored and differ from what Git has, at least in white space at the end.
    private(set) var writes: [File] = []
    /// Files to remove: path from the root, and blob.
    private(set) var removals: [(path: String, blob: ObjectID)] = []
    private(set) var warnings: [String] = []
    /// Nothing was selected: no commit, not even of deletions.
    private(set) var isEmpty = true

    /// - Parameters:
    ///   - present: The regular files below the directory, paths relative to it; only the first level is looked at
    ///     without `children`.
    init(_ options: PushFlowsOptions, flows: [StoredFlow], present: [TreeFile], ignore: IgnoreFile) {
        let existing = Dictionary(present.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        var content: Set<String> = []
        for flow in flows {
            guard let folder = options.folder(of: flow.key.namespace) else { continue }
            if let globs = options.globs, !globs.contains(where: { $0.matches(flow.key.id) }) { continue }
            let base = folder.isEmpty ? flow.key.id : folder + "/" + flow.key.id
            // A file that somebody named .yaml is updated where it is.
            let path =
                existing[base + ".yml"] == nil && existing[base + ".yaml"] != nil ? base + ".yaml" : base + ".yml"
            content.insert(path)
            guard flow.isReadable else {
                // What Git has of it stays.
                warnings.append("the flow \(flow.key.namespace).\(flow.key.id) cannot be read and is not pushed")
                continue
            }
            if ignore.ignores(file: path) { continue }
            isEmpty = false
            let bytes = options.bytes(of: flow)
            let known = existing[path]
            if let known, Self.isSame(bytes, known.blob) { continue }
            writes.append(
                File(
                    path: options.directory.path(path), bytes: bytes, blob: known?.blob,
                    isProgram: known?.isProgram ?? false))
        }
        guard options.delete, !isEmpty else { return }
        for file in present where !content.contains(file.path) && options.mayRemove(file.path) {
            if ignore.ignores(file: file.path) { continue }
            removals.append((options.directory.path(file.path), file.blob))
        }
    }

    /// The blobs that `settle` looks at.
    var needed: [ObjectID] { writes.compactMap(\.blob) + removals.map(\.blob) }

    /// Drops the writes that differ from what Git has only in white space at the end: Git's bytes stay.
    mutating func settle(_ read: (ObjectID) throws(GitError) -> [UInt8]) throws(GitError) {
        var kept: [File] = []
        for file in writes {
            if let blob = file.blob, Self.trimmed(try read(blob)[...]) == Self.trimmed(file.bytes[...]) { continue }
            kept.append(file)
        }
        writes = kept
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let last = bytes.last, last == 32 || (9...13).contains(last) { bytes.removeLast() }
        return bytes
    }

    /// Whether Git's blob is these bytes, or these bytes and a newline: told by its name, without reading it.
    private static func isSame(_ bytes: [UInt8], _ blob: ObjectID) -> Bool {
        blobName(bytes + [10]) == blob || blobName(bytes) == blob
    }

    static func blobName(_ bytes: [UInt8]) -> ObjectID? {
        var digest = Insecure.SHA1()
        digest.update(data: Array("blob \(bytes.count)\0".utf8))
        digest.update(data: bytes)
        return ObjectID(digest: digest.finalize())
    }
}

extension PushFlowsOptions {
    /// The folder, below the directory, of a namespace's flows; nil when the namespace is not pushed.
    func folder(of namespace: String) -> String? {
        if namespace == sourceNamespace { return "" }
        guard children, namespace.hasPrefix(sourceNamespace + ".") else { return nil }
        return String(namespace.dropFirst(sourceNamespace.count + 1)).replacing(".", with: "/")
    }

    func bytes(of flow: StoredFlow) -> [UInt8] {
        var text = FlowText.withoutRevisionLines(flow.source)
        if let target = targetNamespace {
            text = FlowText.replacingNamespaces(sourceNamespace, by: target, in: text)
        }
        return Array(text.utf8)
    }

    /// Whether this push could have written a file of this name, so that it may take it away.
    func mayRemove(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard FlowFileSelection.isFlow(name), name != IgnoreFile.name else { return false }
        guard children || !path.contains("/") else { return false }
        guard let globs else { return true }
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        let full = directory.path(path)
        return globs.contains { $0.matches(full) || $0.matches(name) || $0.matches(stem) }
    }
}
