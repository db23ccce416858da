/// A regular file found below a folder of a repository.
struct TreeFile: Sendable, Hashable {
    /// Relative to the folder that was listed, parts joined by `/`.
    var path: String
    var blob: ObjectID
    var isProgram = false
}

/// The files below one folder of a tree.
struct TreeListing: Sendable {
    /// By number of `/`, then by path, bytewise.
    var files: [TreeFile] = []
    /// What was left out and why: one sentence each.
    var warnings: [String] = []
    /// Whether a link was followed or skipped, so that a change elsewhere in the repository may change this listing.
    var hasLinks = false
    /// Links whose text is not in the repository cache yet: fetch these and list again.
    var missingLinks: [ObjectID] = []
}

/// What stands at the folder that a task names.
enum FolderFound: Sendable {
    case folder(ObjectID)
    case missing
    /// Something else stands there: `a file`, `a submodule`.
    case other(String)
    /// A link stands at this part of the path.
    case link(TreeEntry, part: Int)
}

extension Repository {
    /// Looks for a folder below the tree of a commit. Links on the way are told, not followed.
    func folder(_ path: GitDirectory, inTree root: ObjectID) throws(GitError) -> FolderFound {
        var folder = root
        for (part, name) in path.parts.enumerated() {
            guard let entry = try entry(named: name, in: folder) else { return .missing }
            switch entry.kind {
            case .folder: folder = entry.id
            case .link: return .link(entry, part: part)
            case .submodule: return .other("a submodule")
            case .file, .program: return part + 1 < path.parts.count ? .missing : .other("a file")
            }
        }
        return .folder(folder)
    }

    /// Lists the regular files below `folder`, of its first level only when `deep` is false.
    ///
    /// Links are resolved inside the tree `root` (files and, when deep, folders; at most 40 hops), submodules and names
    /// that no honest repository has are skipped. Source: git-tasks spec §2.4; git-engine-notes §2.
    /// - Throws: `tooMuch` beyond the limits on entries and depth.
    /// - Parameter followsLinks: False leaves links out.
    func list(
        folder: ObjectID, at path: GitDirectory, root: ObjectID, deep: Bool, followsLinks: Bool = true
    ) throws(GitError) -> TreeListing {
        var walk = TreeWalk(repository: self, root: root, deep: deep, followsLinks: followsLinks)
        try walk.visit(folder, below: path.parts, shown: "", depth: 0, seen: [folder])
        walk.listing.files.sort { one, other in
            let (left, right) = (one.path.utf8, other.path.utf8)
            let slash = UInt8(ascii: "/")
            let (levels, others) = (left.count { $0 == slash }, right.count { $0 == slash })
            return levels != others ? levels < others : left.lexicographicallyPrecedes(right)
        }
        return walk.listing
    }
}

private struct TreeWalk {
    let repository: Repository
    let root: ObjectID
    let deep: Bool
    let followsLinks: Bool
    var listing = TreeListing()
    var count = 0

    mutating func visit(
        _ folder: ObjectID, below parts: [String], shown: String, depth: Int, seen: Set<ObjectID>
    ) throws(GitError) {
        guard depth <= GitLimits.depth else {
            throw GitError(.tooMuch, "folder \"\(shown)\" lies more than \(GitLimits.depth) folders deep")
        }
        for entry in try repository.entries(of: folder) {
            count += 1
            guard count <= GitLimits.entries else {
                throw GitError(.tooMuch, "the folder holds more than \(GitLimits.entries) entries")
            }
            let path = shown.isEmpty ? entry.name : shown + "/" + entry.name
            switch entry.kind {
            case .file, .program:
                listing.files.append(TreeFile(path: path, blob: entry.id, isProgram: entry.kind == .program))
            case .folder where deep:
                try visit(entry.id, below: parts + [entry.name], shown: path, depth: depth + 1, seen: seen)
            case .link where followsLinks:
                listing.hasLinks = true
                try follow(entry, in: parts, shown: path, depth: depth, seen: seen)
            case .folder, .link, .submodule:
                break
            }
        }
    }

    private mutating func follow(
        _ link: TreeEntry, in parts: [String], shown: String, depth: Int, seen: Set<ObjectID>
    ) throws(GitError) {
        switch try LinkResolver(repository: repository, root: root).resolve(link, in: parts) {
        case .missing(let id):
            listing.missingLinks.append(id)
        case .outside(let why):
            listing.warnings.append("the link \"\(shown)\" is skipped: \(why)")
        case .found(let entry, let target):
            switch entry.kind {
            case .file, .program:
                listing.files.append(TreeFile(path: shown, blob: entry.id))
            case .folder where deep:
                guard !seen.contains(entry.id) else {
                    listing.warnings.append("the link \"\(shown)\" is skipped: it leads back to a folder above it")
                    return
                }
                try visit(entry.id, below: target, shown: shown, depth: depth + 1, seen: seen.union([entry.id]))
            case .folder:
                break
            case .link, .submodule:
                listing.warnings.append("the link \"\(shown)\" is skipped: it leads to a submodule")
            }
        }
    }
}

/// Follows links inside one tree, never out of it.
struct LinkResolver {
    enum Outcome {
        /// The end of the chain and the parts of its path.
        case found(TreeEntry, [String])
        case outside(String)
        /// The text of this link is not here.
        case missing(ObjectID)
    }

    let repository: Repository
    let root: ObjectID

    /// - Parameter parts: The folder in which the link stands.
    func resolve(_ link: TreeEntry, in parts: [String]) throws(GitError) -> Outcome {
        var hops = 0
        var place: [(name: String, folder: ObjectID)] = []
        var folder = root
        for part in parts {
            guard let entry = try repository.entry(named: part, in: folder), entry.kind == .folder else {
                return .outside("its folder cannot be read")
            }
            folder = entry.id
            place.append((part, folder))
        }
        var pending = [link]
        var last: TreeEntry?
        var rest: [String] = []
        while true {
            if let next = pending.popLast() {
                hops += 1
                guard hops <= GitLimits.linkHops else {
                    return .outside("it needs more than \(GitLimits.linkHops) hops")
                }
                guard repository.holds(next.id) else { return .missing(next.id) }
                let text = String(decoding: try repository.blob(next.id, limit: 4096), as: UTF8.self)
                guard !text.hasPrefix("/"), !text.isEmpty else { return .outside("it leads out of the repository") }
                rest = text.split(separator: "/").map(String.init) + rest
                last = nil
            }
            guard !rest.isEmpty else {
                let end = last ?? TreeEntry(name: place.last?.name ?? "", id: place.last?.folder ?? root, kind: .folder)
                return .found(end, place.map(\.name))
            }
            let part = rest.removeFirst()
            switch part {
            case ".": continue
            case "..":
                guard place.popLast() != nil else { return .outside("it leads out of the repository") }
            default:
                guard let entry = try repository.entry(named: part, in: place.last?.folder ?? root) else {
                    return .outside("it leads nowhere")
                }
                switch entry.kind {
                case .folder: place.append((part, entry.id))
                case .link: pending.append(entry)
                case .file, .program, .submodule:
                    guard rest.isEmpty else { return .outside("it leads nowhere") }
                    last = entry
                }
            }
        }
    }
}
