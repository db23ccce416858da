import ArgumentParser
import EngineRuntime
import FlowModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `sluice flow …`: the flows of a server.
struct FlowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow", abstract: "List, show, store and delete flows on a server.",
        subcommands: [List.self, Get.self, Apply.self, Delete.self], aliases: ["flows"])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List flows.")
        @Option(name: .shortAndLong, help: "This namespace and those below it.") var namespace: String?
        @Option(name: .shortAndLong, help: "Part of the id or the namespace.") var query: String?
        @Option(parsing: .unconditional, help: Limit.help, transform: Limit.read) var limit = 50
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            var parameters = [("size", String(limit))]
            if let namespace { parameters.append(("namespace", namespace)) }
            if let query { parameters.append(("q", query)) }
            let page = try await RemoteServer(server).get("/flows/search", parameters)
            let flows = page["results"]?.list ?? []
            output.show(
                flows, name: { "\($0.text("namespace"))/\($0.text("id"))" },
                table: { table in
                    for flow in flows {
                        table.rows.append([
                            flow.text("namespace"), flow.text("id"), flow.text("revision"),
                            flow["disabled"] == true ? "disabled" : "",
                            (flow["triggers"]?.list ?? []).map {
                                $0.text("type").split(separator: ".").last.map(String.init) ?? ""
                            }.joined(separator: ", "),
                            flow.text("description").split(separator: "\n").first.map(String.init) ?? "",
                        ])
                    }
                }, columns: Table("NAMESPACE", "ID", "REVISION", "STATE", "TRIGGERS", "DESCRIPTION"))
            let total = Int(page["total"]?.int ?? 0)
            if total > flows.count {
                Console.note("\(flows.count) of \(total.of("flow")); more with --limit \(min(total, Limit.most))")
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a flow's source, or with -o json the flow as the API gives it.")
        @Argument(help: "NAMESPACE/ID, or NAMESPACE and ID.") var flow: [String]
        @Option(help: "An older revision.") var revision: Int?
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let name = try FlowName(flow)
            var parameters = [("source", "true")]
            if let revision { parameters.append(("revision", String(revision))) }
            let found = try await RemoteServer(server).flow(name, parameters)
            switch output.output {
            case .json, .jsonl: Console.out(found.jsonText())
            case .name: Console.out("\(name.namespace)/\(name.id)")
            case .table, .wide:
                Console.raw(found.text("source").hasSuffix("\n") ? found.text("source") : found.text("source") + "\n")
            }
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store flow files: a new flow, or the next revision of one that is there.",
            discussion: "All files are checked first; when one is not valid nothing is stored.")
        @Argument(help: "Flow files, or folders with flow files.") var paths: [String]
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let remote = try RemoteServer(server)
            let files = try FlowPaths.files(paths)
            var sources: [String] = []
            for file in files {
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw Exit.told("\(file) cannot be read", fix: "check its permissions")
                }
                sources.append(String(decoding: data, as: UTF8.self))
            }
            try await Self.check(files, sources, remote)
            let saved: [Value]
            do {
                saved =
                    try await remote.call(
                        "POST", "/flows/bulk", [("delete", "false")], body: Array(Self.joined(sources).utf8),
                        contentType: "application/x-yaml"
                    ).list ?? []
            } catch {
                Console.note("nothing was stored")
                throw error
            }
            output.show(
                saved, name: { "\($0.text("namespace"))/\($0.text("id"))" },
                table: { table in
                    for flow in saved {
                        table.rows.append([flow.text("namespace"), flow.text("id"), flow.text("revision")])
                    }
                }, columns: Table("NAMESPACE", "ID", "REVISION"))
        }

        /// Tells what is wrong with the files, as `sluice validate` does.
        /// - Throws: exit code 1 when some are not valid.
        private static func check(_ files: [String], _ sources: [String], _ remote: RemoteServer) async throws {
            let validator = FlowValidator(catalogue: Program.catalogue, defaults: [])
            let results = await ValidateCommand.check(files.map { ($0, $0) }, with: validator, keepsSources: true)
            var invalid = 0
            for (result, source) in zip(results, sources) {
                // What is missing here may be among the plugin defaults of the server: it has the last word.
                if !result.isValid(strict: false) {
                    if try await isValid(source, remote) { continue }
                    invalid += 1
                }
                for problem in result.problems where problem.severity != .info {
                    Console.note(ProblemText(problem: problem, source: result.source).text)
                }
            }
            guard invalid > 0 else { return }
            let all = files.count.of("flow")
            Console.note("nothing was stored: \(invalid) of \(all) \(invalid == 1 ? "is" : "are") not valid")
            throw Exit.no
        }

        private static func isValid(_ source: String, _ remote: RemoteServer) async throws -> Bool {
            let answer = try await remote.call(
                "POST", "/flows/validate", body: Array(source.utf8), contentType: "application/x-yaml")
            return answer.list?.allSatisfy { $0["constraints"]?.string == nil } ?? false
        }

        /// One text of several documents, each as its file has it.
        static func joined(_ sources: [String]) -> String { sources.joined(separator: "\n---\n") }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a flow. Its revisions and executions stay readable.")
        @Argument(help: "NAMESPACE/ID, or NAMESPACE and ID.") var flow: [String]
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let name = try FlowName(flow)
            let remote = try RemoteServer(server)
            _ = try await remote.flow(name)
            if !yes {
                guard Console.notesAreTerminal else {
                    throw Exit.told("deleting \(name.text) cannot be confirmed here", fix: "say --yes")
                }
                Console.note("Delete \(name.text)? Type yes:")
                guard readLine() == "yes" else { throw Exit.no }
            }
            _ = try await remote.call("DELETE", "/flows/\(name.path)")
            Console.note("\(name.text) is deleted")
        }
    }
}
