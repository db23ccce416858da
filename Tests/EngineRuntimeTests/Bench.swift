import EngineCore
import Expressions
import FlowModel
import Foundation
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import TaskKit
import TestSupport

@testable import EngineRuntime

/// A folder with a store, a clock set by hand, and engines over them one after the other.
final class Bench: Sendable {
    let clock = ManualClock()
    let board = Switchboard()
    let name = "b\(UInt64.random(in: .min ... .max))"
    let folder: String

    init() {
        folder = FileManager.default.temporaryDirectory.path + "/runtime-\(name)"
        try? FileManager.default.createDirectory(atPath: folder + "/secrets", withIntermediateDirectories: true)
        Switchboard.all.withLock { [board, name] in $0[name] = board }
    }

    deinit {
        Switchboard.all.withLock { [name] in $0[name] = nil }
        try? FileManager.default.removeItem(atPath: folder)
    }

    static let catalogue = TaskKit.Catalogue(
        tasks: EngineTasks.all + [
            .instant(Say.self), .instant(FailNow.self), .runnable(Wait.self), .runnable(Flaky.self),
            .runnable(Chatter.self), .runnable(Flood.self), .runnable(Stubborn.self), .runnable(Counting.self),
        ],
        triggers: EngineTriggers.all)

    func open(
        catalogue: TaskKit.Catalogue = Bench.catalogue, workers: Int = 16, grace: ISODuration = .seconds(60),
        faults: Faults? = nil, environment: [String: String] = [:], subflowDepth: Int = 100,
        subflowDescendants: Int = 100_000
    ) throws -> Running {
        var settings = SQLiteSettings()
        settings.synchronous = .normal
        let disk = try SQLiteStore(path: folder + "/test.db", settings: settings)
        let store: any Store = faults.map { FaultyStore(disk, $0) } ?? disk
        var log = Logger(label: "test")
        log.logLevel = .critical
        var engineSettings = EngineSettings(
            server: ServerSettings(
                dataFolder: folder, temporaryFolder: folder + "/tmp", executable: "/usr/bin/false"),
            secretsFolder: folder + "/secrets", environment: environment, workers: workers, grace: grace)
        engineSettings.subflowDepth = subflowDepth
        engineSettings.subflowDescendants = subflowDescendants
        let engine = Engine(
            store: store, quick: SQLiteQuickReads(store: disk, root: folder + "/storage"),
            files: try DiskFileStore(root: folder + "/storage"), catalogue: catalogue,
            settings: engineSettings, clock: clock, log: log)
        return Running(engine, store: disk)
    }

    /// Runs an engine, and stops it when the test is over.
    func run(
        _ flows: String..., schedules: Bool = true, workers: Int = 16, environment: [String: String] = [:],
        subflowDepth: Int = 100,
        _ test: (Engine) async throws -> Void
    ) async throws {
        let running = try open(workers: workers, environment: environment, subflowDepth: subflowDepth)
        for flow in flows { _ = try await running.engine.save(flow: flow, expecting: .anything) }
        running.go(schedules: schedules)
        await running.engine.ready()
        if schedules { _ = await running.engine.scheduler.loaded.wait() }
        do {
            try await test(running.engine)
        } catch {
            await running.crash()
            throw error
        }
        try await running.stop()
    }
}

/// An engine at work.
final class Running: Sendable {
    let engine: Engine
    let store: SQLiteStore
    private let group: ServiceGroup
    private let schedules = Mutex(true)
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(_ engine: Engine, store: SQLiteStore) {
        self.engine = engine
        self.store = store
        var log = Logger(label: "services")
        log.logLevel = .critical
        group = ServiceGroup(services: [engine], logger: log)
    }

    func go(schedules: Bool = true) {
        task.withLock { task in
            task = Task { [engine, group] in
                if schedules { try await group.run() } else { try await engine.run(schedules: false) }
            }
        }
    }

    /// As the signal of an operating system would.
    func stopGracefully() async { await group.triggerGracefulShutdown() }

    func stop() async throws {
        await group.triggerGracefulShutdown()
        task.withLock { $0 }?.cancel()
        try await end()
        try await store.close()
    }

    func end() async throws { try await task.withLock { $0 }?.value }

    /// Nothing reaches the disk any more; then what is left goes.
    func crash() async {
        try? await store.close()
        task.withLock { $0 }?.cancel()
        _ = try? await end()
    }
}

extension Engine {
    func start(_ flow: String, inputs: ValueMap = [:]) async throws -> ExecutionID {
        try await start(StartRequest(namespace: "test", flowID: flow, inputs: inputs)).id
    }

    func states(_ id: ExecutionID) async throws -> [State] {
        try await end(of: id).execution.state.entries.map(\.state)
    }

    /// Waits until the execution has this state.
    func reached(_ state: State, _ id: ExecutionID) async throws {
        for await snapshot in try await follow(id) where snapshot.execution.state.current == state { return }
    }

    func messages(_ id: ExecutionID) async throws -> [String] {
        try await store.logs(of: id, after: nil, LogFilter(), limit: nil).map(\.entry.message)
    }
}

/// When a store fails.
final class Faults: Sendable {
    let fails = Mutex<StorageError.Kind?>(nil)
}

/// Whether something becomes true: tasks that are on their way get their turns, no time passes.
func eventually(_ holds: () async throws -> Bool) async rethrows -> Bool {
    for _ in 0..<20_000 {
        if try await holds() { return true }
        await Task.yield()
    }
    return false
}
