import ArgumentParser
import Expressions
import FlowModel
import TaskKit
import EngineRuntime

/// `sluice render`: templates rendered outside of any flow.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Render templates, one JSON line each, without a server.",
        discussion: """
            A line is {"id", "template", "variables", "mode"?, "property_type"?, "fixtures"?}; the answer is \
            {"id", "result"} or {"id", "error"}, in the same order.
            """)

    @Flag(help: "Read lines of JSON from standard input.") var jsonl = false
    @Flag(help: "Render results again until they no longer change.") var recursive = false

    func run() throws {
        guard jsonl else {
            throw Exit.told(
                "there is nothing to render",
                fix: "say --jsonl, and give the templates as lines of JSON on standard input")
        }
        let now = SystemClock().now.milliseconds
        let lines = RenderLines(
            now: Instant(seconds: now / 1000, nanoseconds: Int32(now % 1000) * 1_000_000), recursive: recursive)
        while !Console.isClosed, let line = readLine() { Console.out(lines.answer(to: line)) }
    }
}
