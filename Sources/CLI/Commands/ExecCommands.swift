import ArgumentParser
import FlowModel

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
            let inputs = try InputArguments.read(input)
            for text in label where !text.dropFirst().contains(":") {
                throw Exit.told("a label has no value: \(text)", fix: "write it as key:value")
            }
            let remote = try RemoteServer(server)
            // A name that is not declared would be dropped without a word: the mistake is told before anything starts.
            let declared = try await remote.flow(name)["inputs"]?.list ?? []
            try InputArguments.check(inputs.map(\.0), declared: declared.map { $0.text("id") }, flow: name.text)
            var body = MultipartBody()
            for (key, value) in inputs {
                switch value {
                case .text(let text): body.add(text: text, name: key)
                case .file(let bytes, let fileName): body.add(file: bytes, fileName: fileName, name: key)
                }
            }
            let execution = try await remote.call(
                "POST", "/executions/\(name.path)", label.map { ("labels", $0) },
                body: body.isEmpty ? nil : body.finished(), contentType: body.isEmpty ? nil : body.contentType)
            guard wait else {
                ExecCommand.show(execution, output)
                return
            }
            try await ExecutionWait(remote: remote, id: execution.text("id")).untilEnded()
            let ended = try await ExecCommand.show(execution.text("id"), of: remote, output, tellsWhy: true)
            try ExecCommand.exit(by: ended)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List executions, the newest first.")
        @Option(name: .shortAndLong, help: "This namespace and those below it.") var namespace: String?
        @Option(help: "This flow.") var flow: String?
        @Option(help: "Executions in this state; repeatable.") var state: [String] = []
        @Option(parsing: .unconditional, help: Limit.help, transform: Limit.read) var limit = 50
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
            if total > executions.count {
                Console.note(
                    "\(executions.count) of \(total.of("execution")); more with --limit \(min(total, Limit.most))")
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an execution with its task runs.")
        @Argument(help: "The execution's id, or its first characters.") var id: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let remote = try RemoteServer(server)
            let isTable = output.output == .table || output.output == .wide
            try await ExecCommand.show(try await remote.executionID(id), of: remote, output, tellsWhy: isTable)
        }
    }

    struct Outputs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what an execution gave out, as JSON.")
        @Argument(help: "The execution's id, or its first characters.") var id: String
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let remote = try RemoteServer(server)
            var tasks: ValueMap = [:]
            let execution = try await remote.execution(try await remote.executionID(id)) { run in
                guard let outputs = run["outputs"]?.map, !outputs.isEmpty else { return }
                let value = run.text("value")
                tasks[value.isEmpty ? run.text("taskId") : "\(run.text("taskId"))[\(value)]"] = .map(outputs)
            }
            Console.out(Value.map(["outputs": execution["outputs"] ?? .null, "tasks": .map(tasks)]).jsonText(.pretty))
        }
    }

    struct Kill: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Kill an execution and those that it started.")
        @Argument(help: "The execution's id, or its first characters.") var id: String
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let remote = try RemoteServer(server)
            let id = try await remote.executionID(id)
            let state = try await remote.head(of: id).text("state", "current")
            if State(rawValue: state)?.isTerminated == true {
                throw Exit.told("\(id) cannot be killed: it has ended as \(state)", Exit.conflict)
            }
            _ = try await remote.call("DELETE", "\(try ExecCommand.path(id))/kill")
            Console.note("\(id) is being killed")
        }
    }

    /// Shows an execution as the server tells it now, however many task runs it has.
    /// - Parameter tellsWhy: whether the reasons of a failure are told on standard error.
    @discardableResult
    static func show(
        _ id: String, of remote: RemoteServer, _ options: OutputOptions, tellsWhy: Bool
    ) async throws -> Value {
        let isJSON = options.output == .json || options.output == .jsonl
        var rows = TaskRunRows()
        let execution = try await remote.execution(id, isShown: isJSON) { rows.add($0) }
        if !isJSON { show(execution, options, rows) }
        guard tellsWhy, execution.text("state", "current") == "FAILED" else { return execution }
        var lines = FailureLines(failed: rows.failed)
        let path = "/logs/\(RemoteServer.encode(id))"
        try await remote.elements(path, [("minLevel", "ERROR"), ("size", "2000")]) { found, _ in
            for line in found { (try? JSON.parse(line)).map { lines.take($0) } }
            return !lines.isFull
        }
        if let text = lines.text(of: id) { Console.note(text) }
        return execution
    }

    static func show(_ execution: Value, _ options: OutputOptions, _ rows: TaskRunRows = TaskRunRows()) {
        switch options.output {
        case .json, .jsonl: Console.out(execution.jsonText())
        case .name: Console.out(execution.text("id"))
        case .table, .wide:
            Console.out(
                "\(execution.text("id"))  \(execution.text("namespace"))/\(execution.text("flowId")) revision \(execution.text("flowRevision"))  \(execution.text("state", "current"))"
            )
            if rows.table.rows.isEmpty { return }
            Console.out(rows.table.text(width: options.output == .wide ? nil : Console.width))
            if let remark = rows.remark { Console.out(remark) }
        }
    }

    /// - Throws: exit code 2 after telling that a word cannot be an id.
    static func path(_ id: String) throws -> String {
        guard !id.isEmpty, !id.contains("/") else {
            throw Exit.told("\"\(id)\" is no execution's id", fix: "`sluice exec list -o name` lists them")
        }
        return "/executions/\(RemoteServer.encode(id))"
    }

    static func exit(by execution: Value) throws {
        switch execution.text("state", "current") {
        case "SUCCESS", "WARNING": return
        default: throw Exit.no
        }
    }

    private enum Duration {
        /// `2.1s` for `PT2.1S`.
        static func shown(_ iso: String) -> String { (try? ISODuration(iso))?.short ?? iso }
    }
}
