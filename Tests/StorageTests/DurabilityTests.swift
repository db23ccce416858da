import FlowModel
import Foundation
import Testing

@testable import Storage

@Suite struct DurabilityTests {
    /// What must hold of any database, whenever its files were looked at.
    private static func expectSound(_ path: String, answered: Int) throws {
        let connection = try Connection(path: path)
        defer { connection.close() }
        var row = try connection.prepare("PRAGMA integrity_check")
        #expect(try row.step() && row.text(0) == "ok")
        row.finalize()
        let executions = try connection.number("SELECT count(*) FROM executions")
        #expect(executions >= answered)
        #expect(
            try connection.number("SELECT coalesce(sum(count), 0) FROM execution_totals WHERE flow = 0") == executions)
        #expect(
            try connection.number("SELECT coalesce(sum(count), 0) FROM execution_totals WHERE flow > 0") == executions)
        #expect(try connection.number("SELECT count(*) FROM task_runs") == executions)
        #expect(try connection.number("SELECT count(*) FROM logs") == executions)
        #expect(try connection.number("SELECT coalesce(sum(count), 0) FROM log_totals") == executions)
        row = try connection.prepare(
            "SELECT count(*) FROM logs l LEFT JOIN executions e ON e.key = l.execution WHERE e.key IS NULL")
        #expect(try row.step() && row.int(0) == 0)
        row.finalize()
    }

    @Test(arguments: 1...4) func `the files of any moment make a sound database with all that was answered`(
        seed: UInt64
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/sluice.db"
        var settings = SQLiteSettings()
        // Seeds differ in how often the log is carried over meanwhile.
        settings.checkpointBytes = [400 << 10, 1 << 20, 64 << 20][Int(seed) % 3]
        let store = try SQLiteStore(path: path, settings: settings)
        let files = FileManager.default
        var answered = 0
        for round in 0..<6 {
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<60 {
                    let index = round * 60 + caller
                    group.addTask {
                        let flow = FlowKey("a.b\(index % 5)", "f\(index % 7)")
                        try? await store.commit(oneTaskRun(id(Int64(index), UInt32(index)), of: flow))
                    }
                }
                let known = answered
                let copy = "\(folder.path)/copy-\(round).db"
                group.addTask {
                    // Within the writer, so that the copy is of one moment, as after a kill. A carry-over may be going on.
                    _ = try? await store.write { session throws(StorageError) in
                        try? files.copyItem(atPath: path, toPath: copy)
                        try? files.copyItem(atPath: path + "-wal", toPath: copy + "-wal")
                        return 0
                    }
                    // What a write cut off in the middle leaves behind.
                    if let log = FileHandle(forWritingAtPath: copy + "-wal") {
                        log.seekToEndOfFile()
                        var random = Seeded(seed &+ UInt64(round))
                        log.write(Data((0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }))
                        try? log.close()
                    }
                }
                await group.waitForAll()
                answered = known + 60
            }
            try Self.expectSound("\(folder.path)/copy-\(round).db", answered: answered - 60)
        }
        #expect(try await store.executionCount(ExecutionQuery()) == 360)
        try await store.close()
        try Self.expectSound(path, answered: 360)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count > 0)
    }

    @Test func `a full disk refuses a call whole, and work goes on when there is room`() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.path + "/sluice.db")
        try await store.commit(oneTaskRun(id(0), of: FlowKey("a", "f")))
        let pages = try await store.write { session throws(StorageError) in
            let row = try session.statement("PRAGMA page_count")
            defer { row.reset() }
            return try row.step() ? row.int(0) : 0
        }
        try await limit(store, to: pages + 3)
        var big = oneTaskRun(id(1), of: FlowKey("a", "f"))
        big.append(.mark(space: "s", key: "big", value: [UInt8](repeating: 1, count: 100_000)))
        let outcomes = await withTaskGroup(of: StorageError.Kind?.self) { [big] group in
            group.addTask { await kind { try await store.commit(big) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == [.diskFull])
        #expect(try await store.execution(id(1)) == nil as Execution?)
        #expect(try await store.mark(space: "s", key: "big") == nil)
        try await limit(store, to: 1_000_000)
        try await store.commit(big)
        #expect(try await store.executionCount(ExecutionQuery()) == 2)
        try await store.close()
        try Self.expectSound(folder.path + "/sluice.db", answered: 2)
    }

    private func limit(_ store: SQLiteStore, to pages: Int) async throws {
        _ = try await store.write { session throws(StorageError) in
            try session.statement("PRAGMA max_page_count = \(pages)").run()
            return 0
        }
    }

    @Test func `a newer database, another program's, and one in use are refused`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/sluice.db"
        let store = try SQLiteStore(path: path)
        #expect(throws: StorageError.self) { _ = try SQLiteStore(path: path) }
        #expect(await kind { _ = try SQLiteStore(path: path) } == .inUse)
        try await store.close()
        #expect(await kind { try await store.commit([.removeTimers(id(0))]) } == .closed)
        #expect(await kind { _ = try await store.execution(id(0)) } == .closed)

        let connection = try Connection(path: path)
        try connection.execute("PRAGMA user_version = 9999")
        connection.close()
        #expect(await kind { _ = try SQLiteStore(path: path) } == .newerSchema)

        let other = try Connection(path: folder.path + "/other.db")
        try other.execute("CREATE TABLE theirs (a)")
        other.close()
        #expect(await kind { _ = try SQLiteStore(path: folder.path + "/other.db") } == .corrupt)
        try Data("this is no database, but a text of some length".utf8).write(
            to: URL(fileURLWithPath: folder.path + "/text.db"))
        #expect(await kind { _ = try SQLiteStore(path: folder.path + "/text.db") } == .corrupt)
        #expect(await kind { _ = try SQLiteStore(path: folder.path + "/none/x.db") } == .notFound)
    }

    @Test func `a database is copied before it is brought up to date`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/it's.db"
        try await SQLiteStore(path: path).close()
        let next = Migration(number: Int32(Migration.all.count + 1), why: "a test", sql: "CREATE TABLE added (a)")
        for _ in 0..<2 {
            let connection = try Connection(path: path)
            defer { connection.close() }
            try SchemaKeeper.prepare(path, connection, Migration.all + [next])
        }
        let backup = "\(path).before-\(next.number)"
        #expect(FileManager.default.fileExists(atPath: backup))
        #expect(!FileManager.default.fileExists(atPath: backup + "-2"))
        let (old, new) = (try Connection(path: backup), try Connection(path: path))
        defer {
            old.close()
            new.close()
        }
        #expect(try old.number("PRAGMA user_version") == Int64(next.number) - 1)
        #expect(try new.number("PRAGMA user_version") == Int64(next.number))
        #expect(try old.number("SELECT count(*) FROM sqlite_schema WHERE name = 'added'") == 0)
    }

    @Test func `one run of a flow with one task takes few bytes`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/sluice.db"
        let store = try SQLiteStore(path: path)
        try await store.commit(oneTaskRun(id(0), of: FlowKey("a.b", "f0")))
        let (count, flows) = (4_000, 50)
        for start in stride(from: 0, to: count, by: 200) {
            let changes = (start..<start + 200).flatMap { index in
                oneTaskRun(
                    id(Int64(index) + 1, UInt32(index), random: UInt64(index) &* 0x9E37_79B9_7F4A_7C15),
                    of: FlowKey("a.b", "f\(index % flows)"))
            }
            try await store.commit(changes)
        }
        try await store.close()
        let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max
        #expect(bytes / count < 400, "\(bytes / count) bytes a run")
    }
}
