import CGit2

/// What becomes of one path when a new tree is made.
enum TreeChange: Sendable, Hashable {
    case write(ObjectID, isProgram: Bool)
    case remove
}

extension Repository {
    /// A tree that is `base` with some paths changed; nil when nothing is left of it.
    ///
    /// Only folders on the way to a change are read and written. Emptied folders vanish, a file gives way to a folder of
    /// its name and the reverse, removing what is not there changes nothing.
    func tree(from base: ObjectID?, changing changes: [String: TreeChange]) throws(GitError) -> ObjectID? {
        let changes = changes.map { (parts: $0.key.split(separator: "/").map(String.init)[...], change: $0.value) }
        return try build(base, changes)
    }

    private typealias Changes = [(parts: ArraySlice<String>, change: TreeChange)]

    private func build(_ base: ObjectID?, _ changes: Changes) throws(GitError) -> ObjectID? {
        var source: OpaquePointer?
        if let base {
            var raw = base.raw
            try check(git_tree_lookup(&source, handle, &raw), "reading tree \(base)")
        }
        defer { git_tree_free(source) }
        var builder: OpaquePointer?
        try check(git_treebuilder_new(&builder, handle, source), "making a tree")
        defer { git_treebuilder_free(builder) }
        var below: [String: Changes] = [:]
        for (parts, change) in changes {
            guard let name = parts.first else { continue }
            guard TreeEntry.isHonest(name) else {
                throw GitError(.invalid, "\"\(name)\" cannot be a name in a repository")
            }
            if parts.count > 1 {
                below[name, default: []].append((parts.dropFirst(), change))
                continue
            }
            switch change {
            case .write(let id, let isProgram):
                try insert(name, id, isProgram ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB, in: builder)
            case .remove:
                try remove(name, from: builder)
            }
        }
        for (name, changes) in below {
            let present = git_treebuilder_get(builder, name).flatMap { TreeEntry($0) }
            let folder = present?.kind == .folder ? present?.id : nil
            let onlyRemovals = changes.allSatisfy { $0.change == .remove }
            if folder == nil, onlyRemovals { continue }
            if let tree = try build(folder, changes) {
                try insert(name, tree, GIT_FILEMODE_TREE, in: builder)
            } else {
                try remove(name, from: builder)
            }
        }
        guard git_treebuilder_entrycount(builder) > 0 else { return nil }
        var made = git_oid()
        try check(git_treebuilder_write(&made, builder), "writing a tree")
        let id = ObjectID(made)
        if id != base { noteWritten(id) }
        return id
    }

    private func insert(
        _ name: String, _ id: ObjectID, _ mode: git_filemode_t, in builder: OpaquePointer?
    ) throws(GitError) {
        var raw = id.raw
        try check(git_treebuilder_insert(nil, builder, name, &raw, mode), "adding \"\(name)\" to a tree")
    }

    private func remove(_ name: String, from builder: OpaquePointer?) throws(GitError) {
        guard git_treebuilder_get(builder, name) != nil else { return }
        try check(git_treebuilder_remove(builder, name), "removing \"\(name)\" from a tree")
    }

    /// The tree without any entry.
    func emptyTree() throws(GitError) -> ObjectID {
        var builder: OpaquePointer?
        try check(git_treebuilder_new(&builder, handle, nil), "making a tree")
        defer { git_treebuilder_free(builder) }
        var made = git_oid()
        try check(git_treebuilder_write(&made, builder), "writing a tree")
        noteWritten(ObjectID(made))
        return ObjectID(made)
    }
}

/// Who makes a commit.
public struct GitIdentity: Sendable, Hashable {
    public var name: String
    public var email: String

    public init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

extension Repository {
    /// Writes a commit; no ref is moved.
    /// - Parameter seconds: Since 1970, UTC.
    func commit(
        tree: ObjectID, parent: ObjectID?, message: String, author: GitIdentity, committer: GitIdentity, seconds: Int64
    ) throws(GitError) -> ObjectID {
        // Written as Git writes it: looking up the parent through the library would need it to be here in full.
        var text = "tree \(tree)\n"
        if let parent { text += "parent \(parent)\n" }
        text += "author \(author.line(seconds))\ncommitter \(committer.line(seconds))\n\n"
        text += message.hasSuffix("\n") ? message : message + "\n"
        let bytes = Array(text.utf8)
        var raw = git_oid()
        let code = bytes.withUnsafeBytes { git_odb_write(&raw, odb, $0.baseAddress, $0.count, GIT_OBJECT_COMMIT) }
        try check(code, "writing a commit")
        noteWritten(ObjectID(raw))
        return ObjectID(raw)
    }

    /// Everything written into memory as one pack, each object once.
    func packOfWritten() throws(GitError) -> [UInt8] {
        var builder: OpaquePointer?
        try check(git_packbuilder_new(&builder, handle), "packing new objects")
        defer { git_packbuilder_free(builder) }
        for id in written.reversed() {
            var raw = id.raw
            try check(git_packbuilder_insert(builder, &raw, nil), "packing object \(id)")
        }
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        try check(git_packbuilder_write_buf(&buffer, builder), "packing new objects")
        return [UInt8](UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
    }
}

extension GitIdentity {
    /// As a commit's header wants it: without the characters that would end a field.
    func line(_ seconds: Int64) -> String {
        "\(GitIdentity.clean(name)) <\(GitIdentity.clean(email))> \(seconds) +0000"
    }

    private static func clean(_ text: String) -> String {
        let kept = String(text.unicodeScalars.filter { $0.value >= 32 && $0 != "<" && $0 != ">" && $0.value != 127 })
        return kept.split(separator: " ").joined(separator: " ")
    }
}
