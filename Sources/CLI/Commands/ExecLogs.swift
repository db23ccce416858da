import ArgumentParser
import EngineRuntime
import FlowModel

extension ExecCommand {
    /// `sluice exec logs ID`: whatever their number, lines are shown as they arrive.
    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an execution's log.",
            discussion: "With -o json one document, with -o jsonl a document a line; with --follow json means jsonl.")
        @Argument(help: "The execution's id, or its first characters.") var id: String
        @Flag(name: .shortAndLong, help: "Go on with the lines to come, to the end of the execution.") var follow =
            false
        @Option(help: "TRACE, DEBUG, INFO, WARN or ERROR: this level and above.") var level: LevelOption = .trace
        @Option(help: "Of this task only.") var task: String?
        @Option(help: ArgumentHelp("Only the last lines there are, and with --follow those to come.", valueName: "n"))
        var tail: Int?
        @Option(help: ArgumentHelp("Only lines since then: 30s, 5m, 2h, 1d, PT5M or a date.", valueName: "time"))
        var since: SinceOption?
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            if let tail, tail < 0 { throw Exit.told("--tail \(tail) is no number of lines", fix: "say --tail 100") }
            let remote = try RemoteServer(server)
            let id = try await remote.executionID(id)
            if follow { _ = try await remote.head(of: id) }
            if !follow || tail != nil {
                let last = try await list(id, remote)
                if follow {
                    try await LogFollowing(remote: remote, id: id, parameters: parameters, last: last).run(show)
                }
            } else {
                try await LogFollowing(remote: remote, id: id, parameters: parameters).run(show)
            }
        }

        private var parameters: [(String, String)] {
            [("minLevel", level.rawValue.uppercased())] + (task.map { [("taskId", $0)] } ?? [])
        }

        /// Shows the lines there are; gives the number of the last one, empty for none.
        private func list(_ id: String, _ remote: RemoteServer) async throws -> String {
            let isDocument = output.output == .json && !follow
            let isWhole = tail == nil && since == nil
            var (kept, last) = ([[UInt8]](), [UInt8]())
            let count = try await remote.elements("/logs/\(RemoteServer.encode(id))", parameters) { lines, piece in
                last = lines.last ?? last
                if isWhole, isDocument {
                    Console.raw(piece)
                } else if isWhole {
                    show(lines)
                } else {
                    kept += since.map { since in lines.filter(since.takes) } ?? lines
                    if let tail, kept.count > tail { kept.removeFirst(kept.count - tail) }
                    if tail == nil, !isDocument {
                        show(kept)
                        kept = []
                    }
                }
                return !Console.isClosed
            }
            if isWhole, isDocument {
                Console.raw("\n")
            } else if isDocument {
                Console.out("[" + kept.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",") + "]")
            } else {
                show(kept)
            }
            // Whoever mistypes an id gets an empty log too: then it is told that there is no such execution.
            if count == 0 { _ = try await remote.head(of: id) }
            return last.isEmpty ? "" : (try? JSON.parse(last))?.text("index") ?? ""
        }

        private func show(_ lines: [[UInt8]]) {
            var text = ""
            for line in lines where since?.takes(line) ?? true {
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

/// A level of log lines, in upper or lower case.
enum LevelOption: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, warn, error

    init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}

/// A moment from which on log lines are shown: a date, or how long ago.
struct SinceOption: ExpressibleByArgument {
    let moment: Timestamp

    init?(argument: String) { self.init(argument, now: SystemClock().now) }

    init?(_ text: String, now: Timestamp) {
        if let moment = try? Timestamp(iso: text) {
            self.moment = moment
            return
        }
        let isDays = text.last == "d"
        let iso = text.first == "P" ? text : (isDays ? "P" : "PT") + text.uppercased()
        guard let duration = try? ISODuration(iso), duration.milliseconds >= 0 else { return nil }
        moment = Timestamp(milliseconds: now.milliseconds - duration.milliseconds)
    }

    /// Whether a line, as the API gives it, is to be shown.
    func takes(_ line: [UInt8]) -> Bool {
        guard let text = (try? JSON.parse(line))?.text("timestamp"), let written = try? Timestamp(iso: text) else {
            return true
        }
        return written >= moment
    }
}
