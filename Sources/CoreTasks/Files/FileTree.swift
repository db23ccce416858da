import Glibc

/// The files below a folder.
enum FileTree {
    /// More files than this below one folder are refused rather than looked at.
    static let mostFiles = 100_000

    struct TooMany: Error, CustomStringConvertible {
        var folder: String
        var description: String { "There are more than \(FileTree.mostFiles) files in \(folder)" }
    }

    /// The paths of all regular files below `folder`, relative to it, in order of their names. Links to folders are not
    /// followed.
    static func files(in folder: String) throws(TooMany) -> [String] {
        var found: [String] = []
        var waiting = [""]
        while let prefix = waiting.popLast() {
            guard let stream = opendir(prefix.isEmpty ? folder : "\(folder)/\(prefix)") else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
                switch kind(of: "\(folder)/\(path)") {
                case .file: found.append(path)
                case .folder: waiting.append(path)
                case .other: break
                }
                if found.count + waiting.count > mostFiles { throw TooMany(folder: folder) }
            }
        }
        return found.sorted()
    }

    enum Kind { case file, folder, other }

    /// What stands at a path; for a link, the file that it leads to, never a folder.
    private static func kind(of path: String) -> Kind {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return .other }
        if facts.st_mode & S_IFMT == S_IFDIR { return .folder }
        if facts.st_mode & S_IFMT == S_IFLNK, stat(path, &facts) != 0 { return .other }
        return facts.st_mode & S_IFMT == S_IFREG ? .file : .other
    }

    /// Makes a folder and those above it that are missing.
    static func makeFolder(_ path: String) -> Bool {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return false }
        return makeFolder(String(path[..<slash])) && (mkdir(path, 0o700) == 0 || errno == EEXIST)
    }

    /// Makes the folder that a file stands in.
    @discardableResult
    static func makeFolder(above path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return true }
        return makeFolder(String(path[..<slash]))
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes a folder with everything in it; one that is not there is fine.
    static func remove(_ folder: String) {
        if rmdir(folder) == 0 || errno == ENOENT { return }
        var folders = [folder]
        var order: [String] = []
        while let next = folders.popLast() {
            order.append(next)
            chmod(next, 0o700)  // a script may have closed its own folder
            guard let stream = opendir(next) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                let path = "\(next)/\(name)"
                if unlink(path) != 0 { folders.append(path) }
            }
        }
        for folder in order.reversed() { rmdir(folder) }
    }
}
