import FlowModel
import Foundation
import Storage
import Testing

/// What every backend is tested through: makes a fresh store in a folder.
struct Backend: Sendable, CustomTestStringConvertible {
    var name: String
    var open: @Sendable (_ folder: String) throws -> any Store

    var testDescription: String { name }

    static let sqlite = Backend(name: "SQLite") { folder in try SQLiteStore(path: folder + "/sluice.db") }
    static let relaxedSQLite = Backend(name: "SQLite, synchronous=NORMAL, small log") { folder in
        var settings = SQLiteSettings()
        settings.synchronous = .normal
        settings.checkpointBytes = 400 << 10
        return try SQLiteStore(path: folder + "/sluice.db", settings: settings)
    }
    static let all: [Backend] = [.sqlite, .relaxedSQLite]
}

/// A folder that goes away with its last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("storage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Backend {
    /// Runs a test on a fresh store and closes it.
    func withStore(_ test: (any Store) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let store = try open(folder.path)
        do { try await test(store) } catch {
            try await store.close()
            throw error
        }
        try await store.close()
    }
}

/// The same numbers for the same seed on every machine (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

let noon = Timestamp(milliseconds: 1_764_000_000_000)

func moment(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: noon.milliseconds + milliseconds) }

/// An id made `milliseconds` after noon.
func id(_ milliseconds: Int64, _ sequence: UInt32 = 0, random: UInt64 = 7) -> ExecutionID {
    ExecutionID(at: moment(milliseconds), sequence: sequence, random: random)
}

/// An execution as the engine makes it: CREATED, and on to `states`, a millisecond each.
func run(
    _ id: ExecutionID, of flow: FlowKey = FlowKey("company.team", "hello"), through states: [State] = []
) -> Execution {
    var execution = Execution(
        id: id, namespace: flow.namespace, flowID: flow.id, flowRevision: 1, createdAt: id.createdAt)
    execution.labels = [Label(key: "system.correlationId", value: id.description)]
    for (index, state) in states.enumerated() {
        execution.state.set(state, at: Timestamp(milliseconds: id.createdAt.milliseconds + Int64(index) + 1))
    }
    return execution
}

func taskRun(_ number: Int, _ task: String, at start: Timestamp, through states: [State] = []) -> TaskRun {
    var history = StateHistory(.created, at: start)
    for (index, state) in states.enumerated() {
        history.set(state, at: Timestamp(milliseconds: start.milliseconds + Int64(index) + 1))
    }
    var run = TaskRun(number: number, taskID: task, state: history)
    if history.current.isTerminated { run.attempts = [Attempt(state: history)] }
    return run
}

/// All that one run of a flow with one task leaves behind.
func oneTaskRun(_ id: ExecutionID, of flow: FlowKey) -> [Change] {
    let ended = run(id, of: flow, through: [.running, .success])
    var task = taskRun(0, "log", at: id.createdAt, through: [.running, .success])
    task.outputs = [:]
    return [
        .insertExecution(ended), .taskRun(id, task),
        .logs(id, [LogEntry(at: id.createdAt, level: .info, message: "Hello, this is a line", taskRun: 0, attempt: 0)]),
    ]
}

/// Fails unless `body` throws a storage error of this kind.
func kind(of body: () async throws -> Void) async -> StorageError.Kind? {
    do { try await body() } catch { return (error as? StorageError)?.kind }
    return nil
}
