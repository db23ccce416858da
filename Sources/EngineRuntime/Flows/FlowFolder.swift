import FlowModel
import Logging
import Storage
import TaskKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The folder of flow files: loaded at start, and followed while the server runs.
///
/// A file that cannot be read keeps its last good revision. A file that goes away does not delete its flow: what was
/// stored stays, as it does for every other way of saving.
struct FlowFolder: Sendable {
    let path: String
    let shelf: FlowShelf
    let log: Logger

    /// What loading the folder did.
    struct Report: Sendable {
        var loaded = 0
        var changed = 0
        var problems: [Problem] = []
    }

    /// Loads every `.yml` and `.yaml` file below the folder, in one transaction.
    func load() async throws -> Report { try await load(files: FlowFiles.below(path)) }

    /// Loads these files; those that are no valid flows are reported and left out.
    func load(files: [String]) async throws -> Report {
        var report = Report()
        var saves: [FlowShelf.Save] = []
        var seen: [FlowKey: String] = [:]
        for file in files {
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            guard let source = String(validating: data, as: UTF8.self) else {
                report.problems.append(
                    Problem(
                        "yaml.encoding", at: Place(file: file, line: 1, column: 1), what: "the file is not UTF-8 text",
                        fix: "save it as UTF-8"))
                continue
            }
            do throws(Problems) {
                let reading = try shelf.read(source, file: file)
                let key = FlowKey(reading.flow.namespace, reading.flow.id)
                if let other = seen.updateValue(file, forKey: key) {
                    report.problems.append(
                        Problem(
                            "flow.twice", at: Place(file: file, line: 1, column: 1),
                            what: "the flow \(key) stands in \(other) too", fix: "rename one of the two"))
                    continue
                }
                saves.append(FlowShelf.Save(key: key, source: source, prepared: reading))
            } catch {
                report.problems += error.all
            }
        }
        let saved = try await shelf.save(saves)
        report.loaded = saved.writes.count
        report.changed = saved.writes.count { $0.outcome != .unchanged }
        return report
    }

    /// Reloads files as they change, until the task is cancelled.
    func follow() async throws {
        let changes = try FolderWatch.changes(in: path)
        // What changed between loading and watching.
        await reload(FlowFiles.below(path))
        for await files in changes { await reload(files.filter(FlowFiles.isFlowFile)) }
    }

    private func reload(_ files: [String]) async {
        if files.isEmpty { return }
        do {
            let report = try await load(files: files.sorted())
            for problem in report.problems {
                log.warning("A flow file keeps its last good revision:\n\(problem)")
            }
            if report.changed > 0 { log.info("Flow files loaded: \(report.changed) changed") }
        } catch {
            log.error("Flow files could not be stored; they are read again with their next change: \(error)")
        }
    }
}
