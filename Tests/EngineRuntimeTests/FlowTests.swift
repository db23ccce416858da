import EngineCore
import FlowModel
import Foundation
import Logging
import Storage
import Synchronization
import TaskKit
import Testing

@testable import EngineRuntime

struct FlowTests {
    private static func source(_ message: String, id: String = "hello") -> String {
        "id: \(id)\nnamespace: test\ntasks:\n  - { id: say, type: test.Say, message: \(message) }\n"
    }

    @Test func `saving the same again changes nothing, and what is stored now is what runs`() async throws {
        let bench = Bench()
        try await bench.run { engine async throws in
            #expect(try await engine.save(flow: Self.source("one"), expecting: .create).outcome == .created)
            #expect(try await engine.save(flow: Self.source("one"), expecting: .anything).outcome == .unchanged)
            _ = try await engine.end(of: try await engine.start("hello"))
            let saved = try await engine.save(
                flow: Self.source("two"), expecting: .update(FlowKey("test", "hello"), revision: 1))
            #expect(saved.revision == 2 && saved.outcome == .updated)
            let id = try await engine.start("hello")
            _ = try await engine.end(of: id)
            #expect(try await engine.messages(id) == ["two"])
            await #expect(throws: Problems.self) {
                _ = try await engine.save(flow: Self.source("x"), expecting: .create)
            }
            await #expect(throws: EngineRefusal.self) {
                _ = try await engine.save(
                    flow: Self.source("x"), expecting: .update(FlowKey("test", "hello"), revision: 1))
            }
            await #expect(throws: Problems.self) {
                _ = try await engine.save(
                    flow: Self.source("x", id: "y"), expecting: .update(FlowKey("test", "hello"), revision: nil))
            }
        }
    }

    @Test func `readers never keep a revision that is not the newest`() async throws {
        let bench = Bench()
        try await bench.run(Self.source("0")) { engine async throws in
            let key = FlowKey("test", "hello")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { for _ in 0..<200 { _ = try await engine.shelf.flow(key) } }
                }
                group.addTask {
                    for number in 1...30 {
                        let saved = try await engine.save(flow: Self.source("\(number)"), expecting: .anything)
                        #expect(try await engine.shelf.flow(key)?.revision == saved.revision)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await engine.shelf.flow(key)?.revision == 31)
        }
    }

    @Test func `a stored flow that this program cannot read is listed, and refused with the reason`() async throws {
        let bench = Bench()
        try await bench.run(Self.source("one")) { _ in }
        let less = TaskKit.Catalogue(tasks: EngineTasks.all, triggers: EngineTriggers.all)
        let running = try bench.open(catalogue: less)
        running.go()
        await running.engine.ready()
        let engine = running.engine
        #expect(try await engine.store.flowHeads(FlowQuery(), PageRequest(size: 10)).items.map(\.key.id) == ["hello"])
        let error = await #expect(throws: EngineRefusal.self) { _ = try await engine.start("hello") }
        guard case .conflict(let text)? = error else {
            Issue.record("not a conflict: \(String(describing: error))")
            return try await running.stop()
        }
        #expect(text.hasPrefix("Cannot execute an invalid flow") && text.contains("test.Say"))
        await #expect(throws: EngineRefusal.self) { _ = try await engine.start("nothing") }
        try await running.stop()
    }

    @Test func `a folder is loaded and followed; a bad file keeps its last good revision`() async throws {
        let bench = Bench()
        let folder = bench.folder + "/flows"
        let key = FlowKey("test", "hello")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
        }
        try await bench.run { engine async throws in
            try write(Self.source("one"), "hello.yaml")
            try write("id: [", "bad.yml")
            try write("not a flow", "notes.txt")
            let report = try await engine.loadFlows(from: folder)
            #expect(report.loaded == 1 && report.changed == 1 && !report.problems.isEmpty)

            let saves = Saves()
            engine.shelf.onChange { change in for key in change.saved { saves.note(key.id) } }
            // Changed after loading, before watching.
            try write(Self.source("two"), "hello.yaml")
            let following = Task { try await engine.followFlows(in: folder) }
            await saves.board.reached("hello", 1)
            try write("id: hello\nnamespace: test\n", "hello.yaml")
            try write(Self.source("new", id: "other"), "other.yaml")
            await saves.board.reached("other", 1)
            #expect(try await engine.shelf.flow(key)?.revision == 2)
            try FileManager.default.createDirectory(atPath: folder + "/deep", withIntermediateDirectories: true)
            try write(Self.source("deep", id: "deep"), "deep/deep.yaml")
            await saves.board.reached("deep", 1)
            try write(Self.source("three"), "hello.yaml")
            await saves.board.reached("hello", 2)
            #expect(try await engine.shelf.flow(key)?.revision == 3)
            following.cancel()
            try await following.value
        }
    }

    /// Keeps the lines of a log.
    private struct Listening: LogHandler {
        let lines: Lines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.message)") } }
    }

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    @Test func `a file whose text is stored is not read again; a bad one is told once, with what becomes of its flow`()
        async throws
    {
        let bench = Bench()
        let folder = bench.folder + "/flows"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
        }
        try write(Self.source("one"), "hello.yaml")
        try write(Self.source("ü", id: "quoted").replacing("id: quoted", with: "id: 'quoted' # why"), "quoted.yaml")
        try await bench.run { engine async throws in
            #expect(try await engine.loadFlows(from: folder).changed == 2)
        }
        // A program that knows none of the task types reads nothing wrong, as it reads nothing.
        let running = try bench.open(catalogue: TaskKit.Catalogue(tasks: EngineTasks.all, triggers: EngineTriggers.all))
        running.go()
        await running.engine.ready()
        let engine = running.engine
        let again = try await engine.loadFlows(from: folder)
        #expect(again.loaded == 2 && again.changed == 0 && again.problems.isEmpty)

        try write("id: hello\nnamespace: test\n", "hello.yaml")
        try write("id: [", "bad.yml")
        #expect(try await engine.loadFlows(from: folder).problems.isEmpty == false)
        let lines = Lines()
        let listening = FlowFolder(
            path: folder, shelf: engine.shelf, told: engine.toldFiles,
            log: Logger(label: "test") { _ in Listening(lines: lines) })
        await listening.reload(FlowFiles.below(folder))
        #expect(lines.all.withLock { $0 }.isEmpty, "told by the loading already")
        try write("id: hello\nnamespace: test\ntasks: 3\n", "hello.yaml")
        try write("id: ]", "bad.yml")
        await listening.reload(FlowFiles.below(folder))
        await listening.reload(FlowFiles.below(folder))
        let told = lines.all.withLock { $0 }
        #expect(told.count == 2)
        #expect(told.first?.hasPrefix("A flow file is not loaded:\n") == true)
        #expect(
            told.last?.hasPrefix("A flow file is not loaded; test.hello keeps its last good revision, 1:\n") == true)
        try await running.stop()
    }

    private final class Saves: Sendable {
        let board = Switchboard()
        func note(_ name: String) { board.note(name) }
    }
}
