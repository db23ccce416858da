import ArgumentParser
import FlowModel

extension ExecCommand {
    /// `sluice exec logs ID`: whatever their number, lines are shown as they arrive.
    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an execution's log.",
            discussion: "With -o json one document, with -o jsonl a document a line; with --follow json means jsonl.")
        @Argument(help: "The execution's id.") var id: String
        @Flag(name: .shortAndLong, help: "Go on with the lines to come, to the end of the execution.") var follow =
            false
        @Option(help: "TRACE, DEBUG, INFO, WARN or ERROR: this level and above.") var level: LevelOption = .trace
        @Option(help: "Of this task only.") var task: String?
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            _ = try ExecCommand.path(id)
            let remote = try RemoteServer(server)
            if follow {
                let execution = try await remote.get(try ExecCommand.path(id))
                try await LogFollowing(remote: remote, id: execution.text("id"), parameters: parameters).run(show)
            } else {
                try await list(remote)
            }
        }

        private var parameters: [(String, String)] {
            [("minLevel", level.rawValue.uppercased())] + (task.map { [("taskId", $0)] } ?? [])
        }

        private func list(_ remote: RemoteServer) async throws {
            let isDocument = output.output == .json
            let path = "/logs/\(RemoteServer.encode(id))"
            var (cutter, count) = (JSONArrayCutter(), 0)
            do {
                for try await piece in try await remote.stream(path, parameters) {
                    let lines = try cutter.cut(piece.readableBytesView)
                    if isDocument {
                        Console.raw(String(decoding: piece.readableBytesView, as: UTF8.self))
                    } else {
                        show(lines)
                    }
                    count += lines.count
                    if Console.isClosed { return }
                }
            } catch is JSONArrayCutter.Unfit {
                throw Exit.told("\(remote.address) does not answer with log lines", fix: "check --server")
            } catch let code as ExitCode {
                throw code
            } catch {
                throw remote.lost(error)
            }
            guard cutter.isComplete else {
                throw Exit.told("the answer of \(remote.address) broke off after \(count.of("line"))", Exit.unreachable)
            }
            if isDocument { Console.raw("\n") }
            // Whoever mistypes an id gets an empty log too: then it is told that there is no such execution.
            if count == 0 { _ = try await remote.get(try ExecCommand.path(id)) }
        }

        private func show(_ lines: [[UInt8]]) {
            var text = ""
            for line in lines {
                if output.output == .json || output.output == .jsonl {
                    text += String(decoding: line, as: UTF8.self) + "\n"
                } else if let line = try? JSON.parse(line) {
                    let task = line.text("taskId")
                    text += "\(line.text("timestamp")) \(line.text("level")) "
                    text += "\(task.isEmpty ? "" : "\(task): ")\(line.text("message"))\n"
                }
            }
            if !text.isEmpty { Console.raw(text) }
        }
    }
}

/// Follows the log of an execution to its end. A connection that falls away is made anew where it ended, so that no line is
/// lost or shown twice.
private struct LogFollowing {
    let remote: RemoteServer
    let id: String
    let parameters: [(String, String)]
    /// Connections in a row that brought nothing.
    private static let patience = 5

    func run(_ show: ([[UInt8]]) -> Void) async throws {
        var (last, failures) = ("", 0)
        while true {
            let headers = last.isEmpty ? [] : [("Last-Event-ID", last)]
            let path = "/logs/\(RemoteServer.encode(id))/follow"
            let pieces = try await remote.stream(path, parameters + [("cursor", "true")], headers: headers)
            var reader = EventReader()
            do {
                for try await piece in pieces {
                    let events = reader.read(piece.readableBytesView)
                    show(events.filter { $0.name != "end" }.map(\.data))
                    if Console.isClosed || events.contains(where: { $0.name == "end" }) { return }
                    if let id = events.last?.id { (last, failures) = (id, 0) }
                }
                failures += 1
                guard failures < Self.patience else { throw Exit.told("the log of \(id) broke off", Exit.unreachable) }
            } catch let code as ExitCode {
                throw code
            } catch {
                failures += 1
                guard failures < Self.patience else { throw remote.lost(error) }
            }
        }
    }
}

/// A level of log lines, in upper or lower case.
enum LevelOption: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, warn, error

    init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
