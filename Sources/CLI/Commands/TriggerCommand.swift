import ArgumentParser
import FlowModel

/// `sluice trigger …`
struct TriggerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger", abstract: "List the schedules of a server.", subcommands: [List.self],
        aliases: ["triggers"])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List schedules with their next dates.")
        @Option(name: .shortAndLong, help: "This namespace and those below it.") var namespace: String?
        @Option(parsing: .unconditional, help: Limit.help, transform: Limit.read) var limit = 50
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            var parameters = [("size", String(limit))]
            if let namespace { parameters.append(("namespace", namespace)) }
            let page = try await RemoteServer(server).get("/triggers/search", parameters)
            let rows = page["results"]?.list ?? []
            output.show(
                rows, name: { "\($0.text("triggerContext", "flowId"))/\($0.text("triggerContext", "triggerId"))" },
                table: { table in
                    for row in rows {
                        let state = row["triggerContext"] ?? .null
                        table.rows.append([
                            "\(state.text("namespace"))/\(state.text("flowId"))", state.text("triggerId"),
                            state["disabled"] == true ? "disabled" : "enabled", state.text("date"),
                            state.text("nextExecutionDate"),
                        ])
                    }
                }, columns: Table("FLOW", "TRIGGER", "STATE", "LAST", "NEXT"))
            let total = Int(page["total"]?.int ?? 0)
            if total > rows.count {
                Console.note("\(rows.count) of \(total.of("schedule")); more with --limit \(min(total, Limit.most))")
            }
        }
    }
}
