import CGit2

/// One open bare repository, for one operation on one thread at a time.
final class Repository {
    let handle: OpaquePointer
    private(set) var odb: OpaquePointer
    let path: String
    /// Objects written since `keepWritesInMemory()`, oldest first.
    private(set) var written: [ObjectID] = []

    private init(handle: OpaquePointer, odb: OpaquePointer, path: String) {
        self.handle = handle
        self.odb = odb
        self.path = path
    }

    deinit {
        git_odb_free(odb)
        git_repository_free(handle)
    }

    static func open(_ path: String) throws(GitError) -> Repository {
        var handle: OpaquePointer?
        try check(git_repository_open_bare(&handle, path), "opening the repository cache")
        return try own(handle, path)
    }

    /// Makes an empty bare repository in a new folder.
    static func create(_ path: String) throws(GitError) -> Repository {
        var handle: OpaquePointer?
        try check(git_repository_init(&handle, path, 1), "making a repository cache")
        return try own(handle, path)
    }

    private static func own(_ handle: OpaquePointer?, _ path: String) throws(GitError) -> Repository {
        guard let handle else { throw GitError(.local, "no repository was opened") }
        var odb: OpaquePointer?
        let code = git_repository_odb(&odb, handle)
        guard code >= 0, let odb else {
            let error = GitError.library(code, "opening the objects of a repository")
            git_repository_free(handle)
            throw error
        }
        return Repository(handle: handle, odb: odb, path: path)
    }

    // MARK: refs

    /// What a ref names; nil when there is no such ref.
    func target(of ref: String) throws(GitError) -> ObjectID? {
        var raw = git_oid()
        let code = git_reference_name_to_id(&raw, handle, ref)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try check(code, "reading \(ref)")
        return ObjectID(raw)
    }

    /// Lets a ref name an object, whatever it named before.
    func point(_ ref: String, to id: ObjectID) throws(GitError) {
        var made: OpaquePointer?
        var raw = id.raw
        try check(git_reference_create(&made, handle, ref, &raw, 1, nil), "writing \(ref)")
        git_reference_free(made)
    }

    /// Whether Git allows this as a branch's name.
    static func isBranchName(_ name: String) -> Bool {
        guard !name.hasPrefix("-"), name != "HEAD" else { return false }
        var valid: Int32 = 0
        return git_reference_name_is_valid(&valid, "refs/heads/" + name) == 0 && valid == 1
    }

    // MARK: objects

    /// Whether the object is here. Looks at what was known when the repository was opened or last refreshed.
    func holds(_ id: ObjectID) -> Bool {
        var raw = id.raw
        return git_odb_exists_ext(odb, &raw, GIT_ODB_LOOKUP_NO_REFRESH.rawValue) == 1
    }

    /// Sees packs that came since it was opened.
    func refresh() throws(GitError) { try check(git_odb_refresh(odb), "reading the packs of a repository") }

    /// The size of an object without reading it.
    func size(of id: ObjectID) throws(GitError) -> Int {
        var (length, kind, raw) = (0, GIT_OBJECT_INVALID, id.raw)
        try check(git_odb_read_header(&length, &kind, odb, &raw), "reading object \(id)")
        return length
    }

    /// The bytes of a blob.
    /// - Throws: `tooMuch` above the limit, `corrupt` when it is not here.
    func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
        var (object, raw) = (OpaquePointer?.none, id.raw)
        try check(git_odb_read(&object, odb, &raw), "reading object \(id)")
        defer { git_odb_object_free(object) }
        let count = git_odb_object_size(object)
        guard count <= limit else {
            throw GitError(.tooMuch, "a file of \(count) bytes is larger than the \(limit) that are allowed")
        }
        return [UInt8](UnsafeRawBufferPointer(start: git_odb_object_data(object), count: count))
    }

    /// The tree of a commit.
    func tree(ofCommit id: ObjectID) throws(GitError) -> ObjectID {
        var (commit, raw) = (OpaquePointer?.none, id.raw)
        try check(git_commit_lookup(&commit, handle, &raw), "reading commit \(id)")
        defer { git_commit_free(commit) }
        guard let tree = git_commit_tree_id(commit) else { throw GitError(.corrupt, "commit \(id) has no tree") }
        return ObjectID(tree.pointee)
    }

    /// The entries of a tree in Git's order, those with impossible names left out.
    func entries(of id: ObjectID) throws(GitError) -> [TreeEntry] {
        let tree = try lookUpTree(id)
        defer { git_tree_free(tree) }
        let count = git_tree_entrycount(tree)
        var entries: [TreeEntry] = []
        entries.reserveCapacity(count)
        for i in 0..<count {
            guard let entry = git_tree_entry_byindex(tree, i), let entry = TreeEntry(entry) else { continue }
            entries.append(entry)
        }
        return entries
    }

    /// One entry of a tree by its name; nil when there is none.
    func entry(named name: String, in id: ObjectID) throws(GitError) -> TreeEntry? {
        let tree = try lookUpTree(id)
        defer { git_tree_free(tree) }
        return git_tree_entry_byname(tree, name).flatMap { TreeEntry($0) }
    }

    /// What stands at a path below a tree; an empty path is the tree itself. Links are not followed.
    func entry(at path: [String], below root: ObjectID) throws(GitError) -> TreeEntry? {
        var current = TreeEntry(name: "", id: root, kind: .folder)
        for name in path {
            guard current.kind == .folder, let next = try entry(named: name, in: current.id) else { return nil }
            current = next
        }
        return current
    }

    private func lookUpTree(_ id: ObjectID) throws(GitError) -> OpaquePointer {
        var (tree, raw) = (OpaquePointer?.none, id.raw)
        try check(git_tree_lookup(&tree, handle, &raw), "reading tree \(id)")
        guard let tree else { throw GitError(.corrupt, "tree \(id) cannot be read") }
        return tree
    }

    // MARK: writing

    /// From now on what is written stays in memory: nothing reaches the disk until it is packed.
    func keepWritesInMemory() throws(GitError) {
        var backend: OpaquePointer?
        try check(git_mempack_new(&backend), "making room for new objects")
        try check(git_odb_add_backend(odb, backend, 999), "making room for new objects")
    }

    func write(blob bytes: [UInt8]) throws(GitError) -> ObjectID {
        var raw = git_oid()
        let code = bytes.withUnsafeBytes { git_odb_write(&raw, odb, $0.baseAddress, $0.count, GIT_OBJECT_BLOB) }
        try check(code, "writing a file's bytes")
        let id = ObjectID(raw)
        written.append(id)
        return id
    }

    func noteWritten(_ id: ObjectID) { written.append(id) }
}

/// One line of a tree.
struct TreeEntry: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case file, program, folder, link
        /// A commit of another repository: a submodule.
        case submodule
    }

    var name: String
    var id: ObjectID
    var kind: Kind

    init(name: String, id: ObjectID, kind: Kind) {
        self.name = name
        self.id = id
        self.kind = kind
    }

    /// Nil for a name that no honest repository has: empty, `.`, `..`, with a slash, not UTF-8, or `.git` in any case.
    init?(_ raw: OpaquePointer) {
        guard let text = git_tree_entry_name(raw), let id = git_tree_entry_id(raw),
            let name = String(validatingCString: text), TreeEntry.isHonest(name)
        else { return nil }
        let kind: Kind? =
            switch git_tree_entry_filemode(raw) {
            case GIT_FILEMODE_BLOB: .file
            case GIT_FILEMODE_BLOB_EXECUTABLE: .program
            case GIT_FILEMODE_TREE: .folder
            case GIT_FILEMODE_LINK: .link
            case GIT_FILEMODE_COMMIT: .submodule
            default: nil
            }
        guard let kind else { return nil }
        self.init(name: name, id: ObjectID(id.pointee), kind: kind)
    }

    static func isHonest(_ name: String) -> Bool {
        guard !name.isEmpty, name != ".", name != ".." else { return false }
        var hasSlash = false
        for byte in name.utf8 where byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") || byte < 32 {
            hasSlash = true
        }
        guard !hasSlash else { return false }
        return !(name.utf8.count == 4 && name.lowercased() == ".git")
    }
}
