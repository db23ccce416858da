import FlowModel
import TaskKit

/// Which files of namespaces a run finds in its working directory. Source: engine spec §6.8, since-0.20 §3.
struct NamespaceFiles: PropertyGroup {
    enum Existing: String, PropertyChoice {
        case overwrite = "OVERWRITE", fail = "FAIL", warn = "WARN", ignore = "IGNORE"
    }

    @Property("Whether files are copied at all.")
    var enabled = true

    @Property("Patterns of the files to copy; all when there are none.")
    var include: OneOrMany?

    @Property("Patterns of files to leave out.")
    var exclude: OneOrMany?

    @Property("The namespaces; the flow's own unless said otherwise. Of two files of one name the later one counts.")
    var namespaces: OneOrMany?

    @Property("What becomes of a file that is there already.")
    var ifExists: Existing = .overwrite

    @Property("Whether each namespace's files go to a folder of its name.")
    var folderPerNamespace = false

    /// Copies the files.
    func copy(to folder: WorkingDirectory, for context: RunContext) async throws(TaskFailure) {
        guard enabled else { return }
        guard let listing = context.services.files as? any FileListing else {
            throw .property("namespaceFiles", "is not possible here: the internal storage cannot list files", fix: nil)
        }
        let included = try globs(include, "include")
        let excluded = try globs(exclude, "exclude")
        for namespace in namespaces?.texts ?? [context.identity.namespace] {
            let prefix = StoragePath.namespaceFile("", namespace: namespace)
            for uri in try await attempting({ try await listing.list(under: prefix) }) {
                guard let start = uri.range(of: prefix)?.upperBound else { continue }
                let name = String(uri[start...])
                guard included.isEmpty || included.contains(where: { $0.matches(name) }),
                    !excluded.contains(where: { $0.matches(name) })
                else { continue }
                let path = try folder.path(of: folderPerNamespace ? "\(namespace)/\(name)" : name)
                if FileTree.exists(path), !(try mayReplace(name, context)) { continue }
                try await attempting {
                    FileTree.makeFolder(above: path)
                    try await context.services.files.copy(uri, to: path)
                }
            }
        }
    }

    private func mayReplace(_ name: String, _ context: RunContext) throws(TaskFailure) -> Bool {
        switch ifExists {
        case .overwrite: return true
        case .ignore: return false
        case .warn:
            context.log.warn("The namespace file `\(name)` is there already and is not copied")
            return false
        case .fail: throw TaskFailure("The namespace file `\(name)` is there already; `ifExists` is FAIL")
        }
    }

    private func globs(_ patterns: OneOrMany?, _ property: String) throws(TaskFailure) -> [PathGlob] {
        var globs: [PathGlob] = []
        for pattern in patterns?.texts ?? [] {
            let startsWithWord = pattern.first.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
            do throws(PropertyProblem) {
                globs.append(try PathGlob(startsWithWord ? "**/" + pattern : String(pattern.trimmingPrefix("/"))))
            } catch {
                throw .property("namespaceFiles.\(property)", error.what, fix: error.fix)
            }
        }
        return globs
    }
}
