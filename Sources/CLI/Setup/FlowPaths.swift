import EngineRuntime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The flow files that commands are given: files, and folders with flow files at any depth.
enum FlowPaths {
    /// - Throws: exit code 2 after naming a path that does not exist or a folder without flow files.
    static func files(_ paths: [String]) throws -> [String] {
        try paths.flatMap { path in
            let found = FlowFiles.below(path)
            if !found.isEmpty { return found }
            throw FileManager.default.fileExists(atPath: path)
                ? Exit.told("no flow files found in \(path)", fix: "a flow is a file whose name ends in .yaml or .yml")
                : Exit.told("\(path) does not exist", fix: "name a flow file, or a folder with flow files")
        }
    }
}
