import ArgumentParser
import FlowModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `sluice exec …`: executions on a server.
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Start, list, show, follow and kill executions on a server.",
        subcommands: [Start.self, List.self, Get.self, Logs.self, Outputs.self, Kill.self],
        aliases: ["execution", "executions"])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start a flow.")
        @Argument(help: "NAMESPACE/ID, or NAMESPACE and ID.") var flow: [String]
        @Option(name: .shortAndLong, help: ArgumentHelp("An input; @PATH for a file.", valueName: "name=value"))
        var input: [String] = []
        @Option(help: ArgumentHelp("A label.", valueName: "key:value")) var label: [String] = []
        @Flag(help: "Wait for the end; the exit code tells the state.") var wait = false
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let name = try FlowName(flow)
            var body = MultipartBody()
            for (key, value) in try InputArguments.read(input) {
                switch value {
                case .text(let text): body.add(text: text, name: key)
                case .file(let bytes, let fileName): body.add(file: bytes, fileName: fileName, name: key)
                }
            }
            var parameters = label.map { ("labels", $0) }
            if wait { parameters.append(("wait", "true")) }
            let execution = try await RemoteServer(server).call(
                "POST", "/executions/\(name.path)", parameters, body: body.finished(), contentType: body.contentType)
            ExecCommand.show(execution, output)
            if wait { try ExecCommand.exit(by: execution) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List executions, the newest first.")
        @Option(name: .shortAndLong, help: "This namespace and those below it.") var namespace: String?
        @Option(help: "This flow.") var flow: String?
        @Option(help: "Executions in this state; repeatable.") var state: [String] = []
        @Option(help: "At most this many.") var limit = 50
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            var parameters = [("size", String(limit)), ("sort", "state.startDate:desc")]
            if let namespace { parameters.append(("namespace", namespace)) }
            if let flow { parameters.append(("flowId", flow)) }
            parameters += state.map { ("state", $0.uppercased()) }
            let page = try await RemoteServer(server).get("/executions/search", parameters)
            let executions = page["results"]?.list ?? []
            output.show(
                executions, name: { $0.text("id") },
                table: { table in
                    for execution in executions {
                        table.rows.append([
                            execution.text("id"), "\(execution.text("namespace"))/\(execution.text("flowId"))",
                            execution.text("state", "current"), execution.text("state", "startDate"),
                            Duration.shown(execution.text("state", "duration")), execution.text("trigger", "id"),
                        ])
                    }
                }, columns: Table("ID", "FLOW", "STATE", "STARTED", "DURATION", "TRIGGER"))
            let total = Int(page["total"]?.int ?? 0)
            if total > executions.count { Console.note("\(executions.count) of \(total); more with --limit") }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an execution with its task runs.")
        @Argument var id: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            ExecCommand.show(try await RemoteServer(server).get("/executions/\(RemoteServer.encode(id))"), output)
        }
    }

    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an execution's log.")
        @Argument var id: String
        @Option(help: "TRACE, DEBUG, INFO, WARN or ERROR: this level and above.") var level = "TRACE"
        @Option(help: "Of this task only.") var task: String?
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            var parameters = [("minLevel", level.uppercased())]
            if let task { parameters.append(("taskId", task)) }
            let lines = try await RemoteServer(server).get("/logs/\(RemoteServer.encode(id))", parameters).list ?? []
            switch output.output {
            case .json: Console.out(Value.list(lines).jsonText())
            case .jsonl: for line in lines { Console.out(line.jsonText()) }
            default:
                for line in lines {
                    let task = line.text("taskId")
                    Console.out(
                        "\(line.text("timestamp")) \(line.text("level")) \(task.isEmpty ? "" : "\(task): ")\(line.text("message"))"
                    )
                }
            }
        }
    }

    struct Outputs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what an execution gave out, as JSON.")
        @Argument var id: String
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let execution = try await RemoteServer(server).get("/executions/\(RemoteServer.encode(id))")
            var tasks: ValueMap = [:]
            for run in execution["taskRunList"]?.list ?? [] {
                guard let outputs = run["outputs"]?.map, !outputs.isEmpty else { continue }
                let value = run.text("value")
                tasks[value.isEmpty ? run.text("taskId") : "\(run.text("taskId"))[\(value)]"] = .map(outputs)
            }
            Console.out(Value.map(["outputs": execution["outputs"] ?? .null, "tasks": .map(tasks)]).jsonText(.pretty))
        }
    }

    struct Kill: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Kill an execution and those that it started.")
        @Argument var id: String
        @OptionGroup var server: ServerOptions

        func run() async throws {
            _ = try await RemoteServer(server).call("DELETE", "/executions/\(RemoteServer.encode(id))/kill")
            Console.note("\(id) is being killed")
        }
    }

    static func show(_ execution: Value, _ options: OutputOptions) {
        switch options.output {
        case .json, .jsonl: Console.out(execution.jsonText())
        case .name: Console.out(execution.text("id"))
        case .table, .wide:
            Console.out(
                "\(execution.text("id"))  \(execution.text("namespace"))/\(execution.text("flowId")) revision \(execution.text("flowRevision"))  \(execution.text("state", "current"))"
            )
            let runs = execution["taskRunList"]?.list ?? []
            if runs.isEmpty { return }
            var table = Table("TASK", "VALUE", "STATE", "ATTEMPTS", "STARTED", "DURATION")
            for run in runs {
                table.rows.append([
                    run.text("taskId"), run.text("value"), run.text("state", "current"),
                    String(run["attempts"]?.list?.count ?? 0), run.text("state", "startDate"),
                    Duration.shown(run.text("state", "duration")),
                ])
            }
            Console.out(table.text(width: options.output == .wide ? nil : Console.width))
        }
    }

    static func exit(by execution: Value) throws {
        switch execution.text("state", "current") {
        case "SUCCESS", "WARNING": return
        default: throw Exit.no
        }
    }

    private enum Duration {
        /// `2.1s` for `PT2.1S`.
        static func shown(_ iso: String) -> String {
            guard let duration = try? ISODuration(iso) else { return iso }
            return duration.short
        }
    }
}

extension ISODuration {
    /// `0.02s`, `41s`, `3m04s`, `2h05m`.
    var short: String {
        let total = milliseconds
        if total < 10_000 { return "\(Double(total / 10) / 100)s" }
        if total < 60_000 { return "\(total / 1000)s" }
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if total < 3_600_000 { return "\(total / 60_000)m\(padded(total / 1000 % 60))s" }
        return "\(total / 3_600_000)h\(padded(total / 60_000 % 60))m"
    }
}

/// Inputs as commands take them: `name=value`, or `name=@path` for a file.
enum InputArguments {
    enum Content {
        case text(String)
        case file([UInt8], name: String)
    }

    static func read(_ words: [String]) throws -> [(String, Content)] {
        try words.map { word in
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                Console.note("error: an input is given as name=value, not \(word)")
                throw Exit.usage
            }
            let (name, text) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
            guard text.hasPrefix("@") else { return (name, .text(text)) }
            let path = String(text.dropFirst())
            guard let data = FileManager.default.contents(atPath: path) else {
                Console.note("error: the file \(path) of input \(name) cannot be read")
                throw Exit.usage
            }
            return (name, .file(Array(data), name: path.split(separator: "/").last.map(String.init) ?? path))
        }
    }
}
