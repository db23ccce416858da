import Expressions
import FlowModel
import FoundationEssentials
import OrderedCollections
import Synchronization
import TaskKit

/// Everything a task under test has around it: a clock set by hand, stores in memory, a log to look at, a folder of its own
/// that goes away with it.
public final class TestWorld: Sendable {
    public let clock: ManualClock
    public let vault = MemoryVault()
    public let keyValues: MemoryKeyValues
    public let marks = MemoryMarks()
    public let flows: FixedFlows
    /// A folder of this machine for working directories.
    public let folder: String
    private let lines = Lines()

    private final class Lines: Sendable {
        let all = Mutex<[LogLine]>([])
    }

    public struct LogLine: Sendable, Hashable, CustomStringConvertible {
        public var level: LogLevel
        public var message: String
        public var description: String { "\(level.name) \(message)" }
    }

    public init(clock: ManualClock = ManualClock(), flows: [StoredFlow] = []) {
        self.clock = clock
        keyValues = MemoryKeyValues(clock: clock)
        self.flows = FixedFlows(flows)
        folder = FileManager.default.temporaryDirectory.path + "/sluice-test-\(UInt64.random(in: .min ... .max))"
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// All lines of the log so far.
    public var log: [LogLine] { lines.all.withLock { $0 } }
    /// The messages at one level.
    public func messages(_ level: LogLevel) -> [String] { log.filter { $0.level == level }.map(\.message) }

    public var services: Services {
        Services(
            clock: clock, files: vault, keyValues: keyValues, flows: flows, marks: marks,
            settings: ServerSettings(dataFolder: folder, temporaryFolder: folder + "/tmp", executable: "/usr/bin/false")
        )
    }

    /// What a run of a task named `task` sees, in the flow `company.team.example`.
    public func context(
        task: String = "task", type: String = "test", variables: ValueMap = [:], namespace: String = "company.team",
        attempt: Int = 0
    ) -> RunContext {
        RunContext(
            identity: RunIdentity(
                executionID: ExecutionID(at: clock.now, sequence: 1, random: UInt64.random(in: .min ... .max)),
                namespace: namespace, flowID: "example", flowRevision: 1, taskID: task, taskType: type, taskRun: 0,
                attempt: attempt, value: nil),
            scope: Scope(variables: variables, world: NoWorld(now: Instant(clock.now))),
            log: RunLog(level: .trace) { [lines] level, message in
                lines.all.withLock { $0.append(LogLine(level: level, message: message)) }
            },
            services: services,
            task: FlowTask(id: task, type: type, mark: Mark(line: 1, column: 1)))
    }
}

extension RunContext {
    /// A context for a test that needs nothing but a clock.
    public static func forTests(clock: ManualClock = ManualClock(), variables: ValueMap = [:]) -> RunContext {
        TestWorld(clock: clock).context(variables: variables)
    }
}

extension TaskType {
    /// Makes a task as the engine does: properties are rendered with `variables` and converted.
    /// - Throws: `TaskFailure` for the first property that is missing or wrong; `UnknownProperty` for one that is not declared.
    public static func make(_ properties: ValueMap = [:], variables: ValueMap = [:]) throws -> Self {
        let names = PropertyNames.of(Self.self).map(\.name)
        if let unknown = properties.keys.first(where: { !names.contains($0) }) { throw UnknownProperty(name: unknown) }
        var sources: [PropertySource] = []
        for name in names { sources.append(try PropertySource(properties[name])) }
        return try PropertyReader.make(Self.self, sources: sources, names: names, in: Scope(variables: variables))
    }
}

public struct UnknownProperty: Error, Hashable {
    public var name: String
}
