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
        @Option(help: "At most this many.") var limit = 50
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
            if total > flows.count { Console.note("\(flows.count) of \(total); more with --limit \(total)") }
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
            let found = try await RemoteServer(server).get("/flows/\(name.path)", parameters)
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
            let remote = RemoteServer(server)
            let files = paths.flatMap(FlowFiles.below)
            guard !files.isEmpty else {
                Console.note("error: no flow files at \(paths.joined(separator: ", "))")
                throw Exit.usage
            }
            var sources: [(file: String, source: [UInt8])] = []
            for file in files {
                guard let data = FileManager.default.contents(atPath: file) else {
                    Console.note("error: \(file) cannot be read")
                    throw Exit.usage
                }
                sources.append((file, Array(data)))
            }
            var valid = true
            for (file, source) in sources {
                let answer = try await remote.call(
                    "POST", "/flows/validate", body: source, contentType: "application/x-yaml")
                for result in answer.list ?? [] {
                    guard let constraints = result["constraints"]?.string else { continue }
                    Console.note("\(file): error: \(constraints)")
                    valid = false
                }
            }
            if !valid { throw Exit.no }
            var saved: [Value] = []
            for (_, source) in sources {
                saved.append(
                    contentsOf: try await remote.call(
                        "POST", "/flows/bulk", [("delete", "false")], body: source, contentType: "application/x-yaml"
                    ).list ?? [])
            }
            output.show(
                saved, name: { "\($0.text("namespace"))/\($0.text("id"))" },
                table: { table in
                    for flow in saved {
                        table.rows.append([flow.text("namespace"), flow.text("id"), flow.text("revision")])
                    }
                }, columns: Table("NAMESPACE", "ID", "REVISION"))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a flow. Its revisions and executions stay readable.")
        @Argument(help: "NAMESPACE/ID, or NAMESPACE and ID.") var flow: [String]
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let name = try FlowName(flow)
            if !yes {
                guard Console.notesAreTerminal else {
                    Console.note("error: deleting \(name.namespace)/\(name.id) needs --yes when nobody can be asked")
                    throw Exit.usage
                }
                Console.note("Delete \(name.namespace)/\(name.id)? Type yes:")
                guard readLine() == "yes" else { throw Exit.no }
            }
            _ = try await RemoteServer(server).call("DELETE", "/flows/\(name.path)")
            Console.note("\(name.namespace)/\(name.id) is deleted")
        }
    }
}

/// A flow as commands name it: `NS/ID` or `NS ID`.
struct FlowName {
    var namespace: String
    var id: String

    init(_ words: [String]) throws {
        let parts = words.count == 1 ? words[0].split(separator: "/", maxSplits: 1).map(String.init) : words
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            Console.note("error: name a flow as NAMESPACE/ID, not \(words.joined(separator: " "))")
            throw Exit.usage
        }
        (namespace, id) = (parts[0], parts[1])
    }

    var path: String { "\(RemoteServer.encode(namespace))/\(RemoteServer.encode(id))" }
}
