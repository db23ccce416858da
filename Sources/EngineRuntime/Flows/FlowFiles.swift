#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which files are flows.
public enum FlowFiles {
    /// `.yml` and `.yaml` files that are not hidden, and not in a hidden folder.
    public static func isFlowFile(_ path: String) -> Bool {
        let name = path.split(separator: "/").last?.lowercased() ?? ""
        return (name.hasSuffix(".yml") || name.hasSuffix(".yaml")) && !name.hasPrefix(".")
    }

    /// All flow files below a folder, or the file itself, ascending by path. Hidden files and folders are passed over.
    public static func below(_ path: String) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder else { return [path] }
        var found: [String] = []
        var folders = [path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path]
        while let folder = folders.popLast() {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !name.hasPrefix(".")
            {
                let full = "\(folder)/\(name)"
                var inner = false
                guard FileManager.default.fileExists(atPath: full, isDirectory: &inner) else { continue }
                if inner { folders.append(full) } else if isFlowFile(name) { found.append(full) }
            }
        }
        return found.sorted()
    }
}
