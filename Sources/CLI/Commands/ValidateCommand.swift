import ArgumentParser
import EngineRuntime
import FlowModel
import OrderedCollections
import TaskKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `sluice validate PATH…`
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check flow files and folders without a server.",
        discussion: """
            Every problem is told with file, line and column, what is wrong and how to mend it. \
            Exit code 0 when all are valid, 1 when some are not, 2 for wrong usage.
            """)

    @Argument(help: "Flow files, or folders with flow files at any depth; `-` reads standard input.")
    var paths: [String]
    @Option(name: .shortAndLong, help: "For people, or for programs.")
    var output: ValidateOutput = .pretty
    @Flag(help: "Warnings make a flow invalid too.")
    var strict = false
    @Option(name: [.customShort("c"), .long], help: "A configuration file: its plugin defaults apply.")
    var config: String?

    func run() async throws {
        let shelf = FlowValidator(
            catalogue: Program.catalogue, defaults: try Program.configuration(config).pluginDefaults)
        var files: [(name: String, path: String)] = []
        for path in paths {
            if path == "-" {
                files.append(("-", "-"))
                continue
            }
            files += try FlowPaths.files([path]).map { ($0, $0) }
        }
        let results = await Self.check(files, with: shelf, keepsSources: output == .pretty)
        let invalid = results.count { !$0.isValid(strict: strict) }
        switch output {
        case .json: Console.out(Value.list(results.map { $0.json(strict: strict) }).jsonText())
        case .pretty:
            for result in results {
                for problem in result.problems where problem.severity != .info {
                    Console.out(ProblemText(problem: problem, source: result.source).text)
                }
            }
            let all = results.count.of("flow")
            Console.note(
                invalid == 0
                    ? "\(all) \(results.count == 1 ? "is" : "are") valid"
                    : "\(invalid) of \(all) \(invalid == 1 ? "is" : "are") not valid")
        }
        if invalid > 0 { throw Exit.no }
    }

    /// Checks files on all cores, in order.
    static func check(
        _ files: [(name: String, path: String)], with validator: FlowValidator, keepsSources: Bool
    ) async -> [Checked] {
        let size = max(32, (files.count + 7) / 8)
        return await withTaskGroup(of: (Int, [Checked]).self) { group in
            for start in stride(from: 0, to: files.count, by: size) {
                group.addTask {
                    (
                        start,
                        files[start..<min(start + size, files.count)].map {
                            check($0.name, $0.path, validator, keepsSources)
                        }
                    )
                }
            }
            var parts: [Int: [Checked]] = [:]
            for await (start, checked) in group { parts[start] = checked }
            return parts.keys.sorted().flatMap { parts[$0] ?? [] }
        }
    }

    private static func check(_ name: String, _ path: String, _ validator: FlowValidator, _ keepsSource: Bool)
        -> Checked
    {
        let data: Data?
        if path == "-" {
            data = FileHandleReading.standardInput()
        } else {
            data = FileManager.default.contents(atPath: path)
        }
        guard let data, let source = String(validating: data, as: UTF8.self) else {
            let problem = Problem(
                "file.unreadable", at: Place(file: name, line: 1, column: 1),
                what: "the file cannot be read as UTF-8 text", fix: "check its permissions and its encoding")
            return Checked(file: name, source: nil, problems: [problem])
        }
        let problems = validator.problems(of: source, file: name)
        return Checked(file: name, source: keepsSource && !problems.isEmpty ? source : nil, problems: problems)
    }

    struct Checked: Sendable {
        var file: String
        var source: String?
        var problems: [Problem]

        func isValid(strict: Bool) -> Bool {
            !problems.contains { $0.severity == .error || strict && $0.severity == .warning }
        }

        func json(strict: Bool) -> Value {
            let errors = problems.filter { $0.severity == .error || strict && $0.severity == .warning }
            let warnings = problems.filter { $0.severity == .warning && !strict }
            var members: ValueMap = [
                "file": .string(file), "valid": .bool(errors.isEmpty), "violations": .list(errors.map(\.json)),
            ]
            if !warnings.isEmpty { members["warnings"] = .list(warnings.map(\.json)) }
            return .map(members)
        }
    }
}

enum ValidateOutput: String, ExpressibleByArgument, CaseIterable { case pretty, json }
