import CGit2

/// A file that differs between two trees.
struct TreeDifference: Sendable, Hashable {
    /// From the root of the compared trees.
    var path: String
    /// Nil: there was none; there is none.
    var old: ObjectID?
    var new: ObjectID?
    /// False when a link or submodule is on one side.
    var isFile: Bool
}

extension Repository {
    /// The files in which two trees differ, by path. Renames are a removal and an addition.
    func differences(from old: ObjectID?, to new: ObjectID?) throws(GitError) -> [TreeDifference] {
        guard old != new else { return [] }
        let trees = (try lookUp(old), try lookUp(new))
        defer {
            git_tree_free(trees.0)
            git_tree_free(trees.1)
        }
        var options = git_diff_options()
        try check(git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "comparing trees")
        options.flags = GIT_DIFF_SKIP_BINARY_CHECK.rawValue | GIT_DIFF_INCLUDE_TYPECHANGE.rawValue
        options.ignore_submodules = GIT_SUBMODULE_IGNORE_ALL
        var diff: OpaquePointer?
        try check(git_diff_tree_to_tree(&diff, handle, trees.0, trees.1, &options), "comparing trees")
        defer { git_diff_free(diff) }
        var found: [TreeDifference] = []
        for i in 0..<git_diff_num_deltas(diff) {
            guard let delta = git_diff_get_delta(diff, i)?.pointee else { continue }
            let (before, after) = (delta.old_file, delta.new_file)
            guard let name = after.path ?? before.path, let path = String(validatingCString: name) else { continue }
            let modes = [before.mode, after.mode].filter { $0 != 0 }
            let isFile = modes.allSatisfy {
                UInt32($0) == GIT_FILEMODE_BLOB.rawValue || UInt32($0) == GIT_FILEMODE_BLOB_EXECUTABLE.rawValue
            }
            found.append(
                TreeDifference(
                    path: path, old: before.mode == 0 ? nil : ObjectID(before.id),
                    new: after.mode == 0 ? nil : ObjectID(after.id), isFile: isFile
                )
            )
        }
        return found
    }

    private func lookUp(_ id: ObjectID?) throws(GitError) -> OpaquePointer? {
        guard let id else { return nil }
        var (tree, raw) = (OpaquePointer?.none, id.raw)
        try check(git_tree_lookup(&tree, handle, &raw), "reading tree \(id)")
        return tree
    }
}

/// The lines that differ between two versions of a file, counted as the push rows tell it. Source: git-tasks spec §2.9.
struct LineCounts: Sendable, Hashable {
    var additions = 0
    var deletions = 0
    var changes = 0

    /// Over this size, or with a NUL among the first 8,000 bytes, a file is binary and counts as nothing.
    static let limit = 50 << 20

    init(additions: Int = 0, deletions: Int = 0, changes: Int = 0) {
        self.additions = additions
        self.deletions = deletions
        self.changes = changes
    }

    /// Counts a minimal line edit: each replaced region adds its surplus of lines, or counts as changes when both sides
    /// are equally long. Nil stands for a file that is not there.
    init(from old: [UInt8]?, to new: [UInt8]?) throws(GitError) {
        self.init()
        let sides = [old, new].compactMap { $0 }
        guard !sides.contains(where: { $0.count > Self.limit || $0.prefix(8000).contains(0) }) else { return }
        switch (old, new) {
        case (nil, nil): return
        case (nil, let new?): additions = Self.lines(new)
        case (let old?, nil): deletions = Self.lines(old)
        case (let old?, let new?): try compare(old, new)
        }
    }

    private static func lines(_ bytes: [UInt8]) -> Int {
        bytes.count { $0 == 10 } + (bytes.isEmpty || bytes.last == 10 ? 0 : 1)
    }

    private mutating func compare(_ old: [UInt8], _ new: [UInt8]) throws(GitError) {
        var options = git_diff_options()
        try GitSync.check(git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "comparing files")
        options.context_lines = 0
        options.interhunk_lines = 0
        options.flags = GIT_DIFF_FORCE_TEXT.rawValue | GIT_DIFF_MINIMAL.rawValue
        var counts = self
        let code = withUnsafeMutablePointer(to: &counts) { counts in
            old.withUnsafeBytes { left in
                new.withUnsafeBytes { right in
                    git_diff_buffers(
                        left.baseAddress, left.count, nil, right.baseAddress, right.count, nil, &options, nil, nil,
                        { _, hunk, payload in
                            guard let hunk = hunk?.pointee, let payload else { return 0 }
                            let counts = payload.assumingMemoryBound(to: LineCounts.self)
                            counts.pointee.count(Int(hunk.old_lines), Int(hunk.new_lines))
                            return 0
                        }, nil, counts
                    )
                }
            }
        }
        try GitSync.check(code, "comparing files")
        self = counts
    }

    private mutating func count(_ old: Int, _ new: Int) {
        if new > old { additions += new - old } else if old > new { deletions += old - new } else { changes += new }
    }
}
