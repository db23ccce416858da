import EngineCore
import FlowModel
import Foundation
import Storage
import Synchronization
import TaskKit
import Testing

@testable import EngineRuntime

struct LogTests {
    @Test func `the lines of an attempt are stored before its end, in their order`() async throws {
        let bench = Bench()
        let flow = """
            id: chatter
            namespace: test
            tasks:
              - { id: talk, type: test.Chatter, lines: 5000 }
              - { id: after, type: test.Say, message: after }
            """
        try await bench.run(flow) { engine async throws in
            let id = try await engine.start("chatter")
            var seen: [String] = []
            for try await lines in try await engine.followLogs(id) { seen += lines.map(\.entry.message) }
            #expect(seen == (0..<5000).map { "line \($0)" } + ["after"])
            #expect(try await engine.messages(id) == seen)
        }
    }

    @Test func `who watches sees the lines of a task before its end`() async throws {
        let bench = Bench()
        let flow = """
            id: chatter
            namespace: test
            tasks:
              - { id: talk, type: test.Chatter, lines: 3000 }
              - { id: more, type: test.Chatter, lines: 3 }
              - { id: after, type: test.Say, message: after }
            """
        try await bench.run(flow) { engine async throws in
            for _ in 0..<5 {
                let id = try await engine.start("chatter")
                var seen: [Int: Int] = [:]
                var last: ExecutionSnapshot?
                for try await change in try await engine.watch(id) {
                    switch change {
                    case .lines(let lines):
                        for line in lines { seen[line.entry.taskRun ?? -1, default: 0] += 1 }
                    case .state(let snapshot):
                        last = snapshot
                        for run in snapshot.taskRuns where run.state.current.isTerminated {
                            #expect(seen[run.number] == [3000, 3, 1][run.number])
                        }
                    }
                }
                #expect(last?.execution.state.current == .success && last?.taskRuns.count == 3)
            }
        }
    }

    @Test func `a full buffer has no room until its lines travel, and drops none`() async throws {
        let bench = Bench()
        try await bench.run(ExecutionTests.waiting(bench)) { engine async throws in
            let id = try await engine.start("waiting")
            await bench.board.reached("began g")
            let buffer = LogBuffer(
                job: Worker.Job(execution: id, taskRun: 0, attempt: 0), executor: engine.executor, clock: bench.clock)
            #expect(buffer.hasRoom { Issue.record("nobody waits") })
            for number in 0..<(LogBuffer.maxLines + 7) { buffer.append(.info, "n\(number)") }
            let (room, there) = AsyncStream.makeStream(of: Void.self)
            #expect(!buffer.hasRoom { there.yield() })
            // The lines travel although whoever wrote them was interrupted.
            let travel = Task { await buffer.travel() }
            for await _ in room { break }
            #expect(buffer.hasRoom { Issue.record("nobody waits") })
            buffer.append(.error, "the last")
            buffer.close()
            buffer.append(.info, "too late")
            await travel.value
            await buffer.flush()
            bench.board.open("g")
            _ = try await engine.end(of: id)
            let messages = try await engine.messages(id)
            let isWhole =
                messages.filter { $0.hasPrefix("n") || $0.hasPrefix("t") }
                == (0..<(LogBuffer.maxLines + 7)).map { "n\($0)" } + ["the last"]
            #expect(isWhole)
        }
    }

    @Test func `a script that writes faster than lines are stored is slowed down, not cut`() async throws {
        let bench = Bench()
        let flow = """
            id: flood
            namespace: test
            tasks:
              - { id: talk, type: test.Flood, lines: 100000 }
              - { id: reason, type: test.Say, message: after }
            """
        try await bench.run(flow) { engine async throws in
            let id = try await engine.start("flood")
            _ = try await engine.end(of: id)
            let isWhole = try await engine.messages(id) == (0..<100_000).map { "line \($0)" } + ["after"]
            #expect(isWhole)
        }
    }

    @Test func `no piece of a long line is later than the line after it`() {
        let (start, mask) = (Timestamp(milliseconds: 1000), SecretMask())
        func entry(_ milliseconds: Int64, _ message: String) -> LogEntry {
            LogEntry(
                at: start.advanced(by: .milliseconds(milliseconds)), level: .info, message: message, taskRun: 0,
                attempt: 0)
        }
        let long = String(repeating: "y", count: 45_000)
        let lines = LogLines.prepare([entry(0, long), entry(2, long), entry(2, "end"), entry(9, long)], mask: mask)
        #expect(lines.map { $0.at.milliseconds - 1000 } == [0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 9, 10, 11, 12, 13])
        #expect(LogLines.mostPieces(of: long) == 5 && LogLines.mostPieces(of: "") == 1)
    }

    @Test func `streams end with the execution`() async throws {
        let bench = Bench()
        try await bench.run(ExecutionTests.waiting(bench)) { engine async throws in
            let id = try await engine.start("waiting")
            let snapshots = try await engine.follow(id)
            let lines = try await engine.followLogs(id)
            await bench.board.reached("began g")
            bench.board.open("g")
            var last: ExecutionSnapshot?
            for await snapshot in snapshots { last = snapshot }
            #expect(last?.execution.state.current == .success && last?.isOpen == false)
            var messages: [String] = []
            for try await page in lines { messages += page.map(\.entry.message) }
            #expect(messages == ["before g", "after g"])
        }
    }

    @Test func `secrets are masked in logs and errors, and a missing one is named`() async throws {
        let bench = Bench()
        try Data("swordfish99\n".utf8).write(to: URL(filePath: bench.folder + "/secrets/DOOR"))
        func flow(_ id: String, _ tasks: String) -> String { "id: \(id)\nnamespace: test\ntasks:\n\(tasks)\n" }
        try await bench.run(
            flow("log", "  - { id: say, type: test.Say, message: \"it is {{ secret('DOOR') }}\" }"),
            flow("fail", "  - { id: no, type: test.FailNow, message: \"not {{ secret('WINDOW') }}!\" }"),
            flow("missing", "  - { id: say, type: test.Say, message: \"{{ secret('GATE') }}\" }"),
            flow("clean", "  - { id: say, type: test.Say, message: \"swordfish99\" }"),
            environment: ["SECRET_WINDOW": Data("openwide".utf8).base64EncodedString()]
        ) { engine async throws in
            func messages(_ flow: String) async throws -> String {
                let id = try await engine.start(flow)
                _ = try await engine.end(of: id)
                return try await engine.messages(id).joined(separator: "\n")
            }
            let log = try await messages("log")
            #expect(log.contains("it is **masked***") && !log.contains("swordfish"))
            #expect(try await !messages("fail").contains("openwide"))
            #expect(try await messages("missing").contains("GATE"))
            // An execution that did not read the secret says what it likes.
            #expect(try await messages("clean") == "swordfish99")
        }
    }
}
