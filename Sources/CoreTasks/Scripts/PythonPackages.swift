import FlowModel
import Glibc
import TaskKit

/// The packages that a Python task wants, installed into a folder that is put on `PYTHONPATH`. Source: since-0.20 §7.
///
/// A folder of packages is kept for all runs that want the same ones, below the server's data. It appears there whole, by
/// being renamed, so that no run sees half of it.
struct PythonPackages: Sendable {
    enum Manager: String, PropertyChoice { case uv = "UV", pip = "PIP" }

    static let details =
        "`dependencies` are installed into a folder of their own, once for all runs that want the same ones."

    let names: [String]
    let version: String?
    let manager: Manager
    let isKept: Bool

    /// What makes `python` mean the version that is wanted.
    var prelude: [String] {
        guard let program = versionProgram else { return [] }
        return ["python() { if [ -n \"$VIRTUAL_ENV\" ]; then command python \"$@\"; else \(program) \"$@\"; fi; }"]
    }

    private var versionProgram: String? {
        guard let version, version.allSatisfy({ $0.isNumber || $0 == "." }) else { return nil }
        let program = "python\(version.split(separator: ".").prefix(2).joined(separator: "."))"
        return ServerEnvironment.has(program) ? program : nil
    }

    private var program: String { versionProgram ?? (ServerEnvironment.has("python3") ? "python3" : "python") }

    /// The folder with the packages, installed if need be; nil when none are wanted.
    func folder(for context: RunContext, near folder: WorkingDirectory) async throws(TaskFailure) -> String? {
        if let version, versionProgram == nil {
            context.log.warn("This machine has no Python \(version): `\(program)` is used")
        }
        guard !names.isEmpty else { return nil }
        guard isKept else {
            let path = try folder.pathForFetched("packages")
            try await install(into: path, context)
            return path
        }
        let wanted = ([program] + names.sorted()).joined(separator: "\n")
        let base = "\(context.services.settings.dataFolder)/cache/python"
        for attempt in 0..<16 {
            let path = "\(base)/\(String(Self.fingerprint(wanted), radix: 36))-\(attempt)"
            if let known = Self.requirements(of: path) {
                if known == wanted { return path }
                continue  // other packages with the same fingerprint
            }
            let fresh = "\(path).\(String(context.scope.world.random(), radix: 36))"
            try await install(into: fresh, context)
            try await attempting { try LocalFile.write(wanted.utf8, to: "\(fresh)/.requirements") }
            if rename(fresh, path) == 0 { return path }
            await BlockingThreads.shared.run { FileTree.remove(fresh) }  // another run was faster
            if Self.requirements(of: path) == wanted { return path }
        }
        throw TaskFailure("Cannot keep the packages of `dependencies` below \(base)")
    }

    private func install(into path: String, _ context: RunContext) async throws(TaskFailure) {
        guard FileTree.makeFolder(path) else { throw TaskFailure("Cannot make the folder \(path)") }
        let hasUV = manager == .uv && ServerEnvironment.has("uv")
        let installer =
            hasUV
            ? ["uv", "pip", "install", "--python", program, "--target", path]
            : [program, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--target", path]
        let said = ScriptListener(log: context.log.all(at: .debug), metrics: RunMetrics())
        let report: ProcessReport
        do throws(SpawnError) {
            let environment = ServerEnvironment.passedOn.map { "\($0.key)=\($0.value)" } + ["WORKING_DIR=\(path)"]
            report = try await ProcessRun.run(
                ProcessCommand(arguments: installer + names, environment: environment, folder: path),
                mark: "WORKING_DIR=\(path)", room: { context.log.hasRoom(orElse: $0) }
            ) { said.take($0, $1) }
        } catch {
            throw TaskFailure(error.description)
        }
        _ = said.finish()
        guard report.end == .exited(0) else {
            await BlockingThreads.shared.run { FileTree.remove(path) }
            throw TaskFailure(
                "Cannot install \(names.joined(separator: ", ")): `\(installer[0])` ended with exit code \(report.end.code); "
                    + "its output is in the log at DEBUG")
        }
    }

    private static func requirements(of path: String) -> String? {
        guard let file = try? LocalFile("\(path)/.requirements", for: .reading), let bytes = try? file.read() else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// FNV-1a. Only a name: what a folder holds is told by the list in it.
    private static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
