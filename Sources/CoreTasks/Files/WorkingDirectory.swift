import FlowModel
import Glibc
import Synchronization
import TaskKit

/// The folder that a run of a task works in, with two more beside it: one for files fetched for the run, one for files that
/// it gives out. They are made when first asked for and removed together.
///
/// The tasks of a WorkingDirectory share one: the engine makes it and runs them within `WorkingDirectory.$shared`.
/// Source: engine spec §4.12, §6.9.
public final class WorkingDirectory: Sendable {
    /// The folder of the surrounding WorkingDirectory task, if any.
    @TaskLocal public static var shared: WorkingDirectory?

    public let path: String
    private let extras = Mutex((fetched: 0, hasOutputs: false))

    private init(path: String) { self.path = path }

    /// Makes a new, empty folder within `temporaryFolder`; only this user may look into it.
    /// - Parameter name: what the folder is called; a number is added when there is one of that name.
    public static func make(named name: String, in temporaryFolder: String) throws(TaskFailure) -> WorkingDirectory {
        let base = "\(temporaryFolder)/\(name)"
        for attempt in 0..<1000 {
            let path = attempt == 0 ? base : "\(base)-\(attempt)"
            if mkdir(path, 0o700) == 0 { return WorkingDirectory(path: path) }
            if errno == ENOENT, FileTree.makeFolder(temporaryFolder), mkdir(path, 0o700) == 0 {
                return WorkingDirectory(path: path)
            }
            guard errno == EEXIST else { break }
        }
        throw TaskFailure("Cannot make a working directory in \(temporaryFolder): \(String(cString: strerror(errno)))")
    }

    /// The folder of this run: the shared one where the task is in a WorkingDirectory, else a new one.
    static func forRun(_ context: RunContext) throws(TaskFailure) -> WorkingDirectory {
        if let shared { return shared }
        let name = "\(context.identity.taskRunID)-\(context.identity.attempt)"
        return try make(named: name, in: context.services.settings.temporaryFolder)
    }

    /// The full path of a file in the folder.
    /// - Throws: for a name that leads out of it.
    public func path(of name: String) throws(TaskFailure) -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !name.hasPrefix("/"), parts.first != ".", !parts.contains(".."), !name.utf8.contains(0)
        else {
            throw TaskFailure("Invalid file name `\(name)` (only relative path is supported)")
        }
        return "\(path)/\(name)"
    }

    /// A path for a file that is fetched for the run: outside of the folder, so that it is no output file, and with the name
    /// it has in the storage.
    func pathForFetched(_ uri: String) throws(TaskFailure) -> String {
        let number = extras.withLock { extras in
            extras.fetched += 1
            return extras.fetched
        }
        let folder = "\(path).fetched/\(number)"
        guard FileTree.makeFolder(folder) else { throw TaskFailure("Cannot make the folder \(folder)") }
        let name = uri.split(separator: "/").last.map(String.init) ?? "file"
        return "\(folder)/\(name)"
    }

    /// The folder all of whose files are output files; made when first asked for.
    func outputFolder() throws(TaskFailure) -> String {
        let folder = "\(path).outputs"
        guard FileTree.makeFolder(folder) else { throw TaskFailure("Cannot make the folder \(folder)") }
        extras.withLock { $0.hasOutputs = true }
        return folder
    }

    /// The files that fit one of the patterns, as paths relative to the folder.
    /// - Throws: for patterns that cannot be read, and for far too many files.
    public func files(matching patterns: [String]) throws(TaskFailure) -> [String] {
        var globs: [PathGlob] = []
        do throws(PropertyProblem) {
            for pattern in patterns { globs.append(try PathGlob(pattern)) }
        } catch {
            throw .property("outputFiles", error.what, fix: error.fix)
        }
        do throws(FileTree.TooMany) {
            return try FileTree.files(in: path).filter { file in
                globs.contains { $0.matches($0.isAbsolute ? "\(path)/\(file)" : file) }
            }
        } catch {
            throw .of(error)
        }
    }

    /// Removes everything; a folder with something in it on a thread where that may take its time.
    func removeElsewhere() async {
        if extras.withLock({ $0.fetched == 0 && !$0.hasOutputs }), rmdir(path) == 0 { return }
        await BlockingThreads.shared.run { self.remove() }
    }

    /// Removes everything.
    public func remove() {
        FileTree.remove(path)
        let extras = extras.withLock { $0 }
        if extras.fetched > 0 { FileTree.remove("\(path).fetched") }
        if extras.hasOutputs { FileTree.remove("\(path).outputs") }
    }
}
