#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Which files are flows.
public enum FlowFiles {
    /// Deeper folders are not looked into: links may lead in circles.
    private static let deepest = 40

    /// `.yml` and `.yaml` files that are not hidden, and not in a hidden folder.
    public static func isFlowFile(_ path: String) -> Bool {
        let name = path.split(separator: "/").last?.lowercased() ?? ""
        return (name.hasSuffix(".yml") || name.hasSuffix(".yaml")) && !name.hasPrefix(".")
    }

    /// All flow files below a folder, or the file itself, ascending by path. Hidden files and folders are passed over.
    public static func below(_ path: String) -> [String] {
        guard let isFolder = leadsToFolder(path) else { return [] }
        guard isFolder else { return [path] }
        var found: [String] = []
        var folders = [(path: path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path, depth: 0)]
        while let folder = folders.popLast() {
            guard let stream = opendir(folder.path) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name.hasPrefix(".") { continue }
                let full = "\(folder.path)/\(name)"
                // The listing tells plain files and folders apart; what a link leads to has to be asked.
                let kind = Int(entry.pointee.d_type)
                let inner = kind == DT_REG ? false : kind == DT_DIR ? true : leadsToFolder(full)
                if inner == true, folder.depth < deepest {
                    folders.append((full, folder.depth + 1))
                } else if inner == false, isFlowFile(name) {
                    found.append(full)
                }
            }
        }
        return found.sorted()
    }

    /// Nil when there is nothing at the path.
    private static func leadsToFolder(_ path: String) -> Bool? {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        return facts.st_mode & S_IFMT == S_IFDIR
    }

    /// What is in a file; nil when it cannot be read.
    static func bytes(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        // What is added meanwhile is read with the next change.
        let size = Int(facts.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                if got <= 0 { break }
                count += got
            }
        }
    }
}
