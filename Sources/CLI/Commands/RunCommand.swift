import ArgumentParser
import CoreTasks
import EngineRuntime
import FlowModel
import Logging
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `sluice run FILE`: one flow, without a server.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a flow file here, without a server.",
        discussion: """
            Progress goes to standard error, outputs to standard output. Nothing is stored unless --store names a \
            folder. \
            Exit code 0 for SUCCESS and WARNING, 1 for another end, 2 for a flow or inputs that are not valid, 130 when interrupted.
            """)

    @Argument(help: "A flow file; `-` reads standard input.") var file: String
    @Option(name: .shortAndLong, help: ArgumentHelp("An input; @PATH for a file.", valueName: "name=value")) var input:
        [String] = []
    @Option(help: "Folder with a file for each secret; hidden files and README.md are none.") var secrets: String?
    @Option(help: "Keep the execution in this data folder.") var store: String?
    @Option(name: [.customShort("c"), .long], help: "Configuration file (YAML).") var config: String?
    @Option(help: "More flow files or folders that the flow calls.") var with: [String] = []
    @Option(name: .shortAndLong, help: "Outputs as lines for people, or json: one document at the end.") var output:
        OutputFormat =
            .table

    func run() async throws {
        let given = try InputArguments.read(input)
        let others = try FlowPaths.files(with)
        var configuration = try Program.configuration(config)
        if let secrets { _ = try Program.secrets(in: secrets) }
        let source: String
        if file == "-" {
            source = String(decoding: FileHandleReading.standardInput(), as: UTF8.self)
        } else {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Exit.told("\(file) cannot be read", fix: "name a flow file, or - for standard input")
            }
            source = String(decoding: data, as: UTF8.self)
        }
        let validator = FlowValidator(catalogue: Program.catalogue, defaults: configuration.pluginDefaults)
        let problems = validator.problems(of: source, file: file)
        for problem in problems where problem.severity != .info {
            Console.note(ProblemText(problem: problem, source: source).text)
        }
        if problems.contains(where: { $0.severity == .error }) { throw Exit.usage }
        let temporary = store == nil ? try Self.temporaryFolder() : nil
        defer { if let temporary { try? FileManager.default.removeItem(atPath: temporary) } }
        if temporary != nil { configuration.synchronous = "NORMAL" }
        var log = Logger(label: "sluice")
        log.logLevel = .error
        let opened = try Program.open(
            Program.Place(
                data: store ?? temporary ?? "./data", secrets: secrets, configuration: configuration, url: nil,
                option: "--store"),
            log: log)
        let engine = opened.engine
        let id = engine.newExecutionID()
        let interruption = Interruption { try? await engine.kill(id, cascade: true) }
        let state = try await run(source, as: id, given, others: others, opened, interruption, log)
        await BuiltInTasks.close()
        try? await opened.store.close()
        if interruption.hasHappened { throw Exit.interrupted }
        if ![.success, .warning].contains(state) { throw Exit.no }
    }

    private func run(
        _ source: String, as id: ExecutionID, _ given: [(String, InputArguments.Content)], others: [String],
        _ opened: Program.Opened, _ interruption: Interruption, _ log: Logger
    ) async throws -> State {
        let engine = opened.engine
        do {
            for path in others {
                if let data = FileManager.default.contents(atPath: path) {
                    _ = try await engine.save(
                        flow: String(decoding: data, as: UTF8.self), file: path, expecting: .anything)
                }
            }
            let flow = try await engine.save(
                flow: source, file: file == "-" ? nil : file, expecting: .anything
            ).flow
            try InputArguments.check(
                given.map(\.0), declared: flow.inputs.map(\.id), flow: "\(flow.namespace)/\(flow.id)")
            for call in flow.fixedCalls {
                let known = try await opened.store.flow(call.flow, revision: nil, evenDeleted: false)
                if known == nil { Console.note(call.warning(calledFrom: file)) }
            }
            return try await withThrowingTaskGroup(of: State?.self) { group in
                group.addTask {
                    try await engine.run(schedules: false)
                    return nil
                }
                group.addTask {
                    try await interruption.watch(log)
                    return nil
                }
                group.addTask { try await execute(flow, as: id, given, engine) }
                while let state = try await group.next() {
                    guard let state else { continue }
                    group.cancelAll()
                    return state
                }
                return .failed
            }
        } catch let error as EngineRefusal {
            throw Exit.told("\(error)")
        } catch let error as Problems {
            for problem in error.all { Console.note(ProblemText(problem: problem, source: nil).text) }
            throw Exit.usage
        }
    }

    private func execute(
        _ flow: Flow, as id: ExecutionID, _ given: [(String, InputArguments.Content)], _ engine: Engine
    ) async throws -> State {
        await engine.ready()
        var inputs: ValueMap = [:]
        for (name, content) in given {
            switch content {
            case .text(let text): inputs[name] = .string(text)
            case .file(let bytes, let fileName):
                let path = try FilePath.input(name, execution: id, of: FlowKey(flow.namespace, flow.id)).appending(
                    fileName)
                try await engine.files.put(bytes, at: path)
                inputs[name] = .string(path.uri)
            }
        }
        var request = StartRequest(namespace: flow.namespace, flowID: flow.id, inputs: inputs)
        request.executionID = id
        Console.note(
            "\(flow.id) · \(flow.namespace) · local run"
                + (store == nil ? " (nothing is stored; --store DIR keeps it)" : ""))
        _ = try await engine.start(request)
        let progress = RunProgress(live: Console.notesCanBeRedrawn && output == .table)
        for try await change in try await engine.watch(id) { await progress.show(change) }
        let ended = try await engine.end(of: id)
        await progress.finish(ended)
        show(ended)
        return ended.execution.state.current
    }

    private func show(_ snapshot: ExecutionSnapshot) {
        let execution = snapshot.execution
        switch output {
        case .json, .jsonl:
            Console.out(
                Value.map([
                    "id": .string(execution.id.description), "state": .string(execution.state.current.rawValue),
                    "outputs": execution.outputs.map(Value.map) ?? .null,
                ]).jsonText())
        default:
            for (name, value) in execution.outputs ?? [:] { Console.out("\(name)  \(value.printed())") }
        }
    }

    private static func temporaryFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/sluice-run-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return folder
    }
}
