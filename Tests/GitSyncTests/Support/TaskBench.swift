import Expressions
import FlowModel
import Foundation
import Synchronization
import TaskKit

@testable import GitSync

/// Runs tasks as a worker would, over a store in memory.
final class TaskBench: Sendable {
    let data: TemporaryFolder
    let library = TestLibrary()
    let vault = TestVault()
    private let lines = Mutex<[String]>([])

    init() throws { data = try TemporaryFolder() }

    /// What was logged since the last look.
    var log: [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    func run<Type: RunnableTask>(
        _ type: Type.Type, _ properties: ValueMap, flow: FlowKey = FlowKey(namespace: "my.namespace", id: "self_flow"),
        variables: ValueMap = [:]
    ) async throws -> Type.Outputs {
        var all = properties
        var variables = variables
        if let password = variables["password"] {
            all["username"] = all["username"] ?? "ann"
            all["password"] = all["password"] ?? "{{ password }}"
            variables["password"] = password
        }
        var task = FlowTask(id: "sync", type: Type.about.type, mark: Mark(line: 1, column: 1))
        task.properties = all
        let names = TaskKind(.runnable(type)).propertyNames
        let sources = try names.map { try PropertySource(all[$0]) }
        let scope = Scope(variables: variables)
        let made = try PropertyReader.make(type, sources: sources, names: names, in: scope)
        let identity = RunIdentity(
            executionID: ExecutionID(high: 1, low: 2), namespace: flow.namespace, flowID: flow.id, flowRevision: 1,
            taskID: "sync", taskType: Type.about.type, taskRun: 1, attempt: 0, value: nil)
        let services = Services(
            clock: TestClock(), files: vault, keyValues: NoKeyValues(), flows: library, marks: NoMarks(),
            settings: ServerSettings(
                dataFolder: data.path, temporaryFolder: data.path, gitIdentity: ("Server", "server@example.org"),
                executable: ""))
        let log = RunLog(level: .trace) { level, text in self.lines.withLock { $0.append("\(level.name): \(text)") } }
        return try await made.run(
            RunContext(identity: identity, scope: scope, log: log, services: services, task: task))
    }

    /// Runs SyncFlows and gives its rows.
    func sync(
        _ remote: TestRemote, _ properties: ValueMap,
        flow: FlowKey = FlowKey(namespace: "my.namespace", id: "self_flow")
    ) async throws -> [String] {
        var all = properties
        all["url"] = .string(remote.url)
        let outputs = try await run(SyncFlows.self, all, flow: flow)
        return vault.lines(outputs.flows)
    }

    func push(
        _ remote: TestRemote, _ properties: ValueMap, flow: FlowKey = FlowKey(namespace: "system", id: "push_flow"),
        variables: ValueMap = [:]
    ) async throws -> (outputs: PushFlows.Outputs, rows: [String]) {
        var all = properties
        all["url"] = .string(remote.url)
        let outputs = try await run(PushFlows.self, all, flow: flow, variables: variables)
        return (outputs, outputs.flows.map { vault.lines($0) } ?? [])
    }
}

/// Files in memory.
final class TestVault: FileVault {
    private let files = Mutex<[String: [UInt8]]>([:])
    struct Missing: Error {}

    func lines(_ uri: String) -> [String] {
        let bytes = files.withLock { $0[uri] } ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func store(_ bytes: [UInt8], at path: String) async throws -> String {
        files.withLock { $0["kestra://" + path] = bytes }
        return "kestra://" + path
    }

    func store(file localPath: String, at path: String) async throws -> String {
        guard let data = FileManager.default.contents(atPath: localPath) else { throw Missing() }
        return try await store([UInt8](data), at: path)
    }

    func read(_ uri: String) async throws -> [UInt8] {
        guard let bytes = files.withLock({ $0[uri] }) else { throw Missing() }
        return bytes
    }

    func copy(_ uri: String, to localPath: String) async throws {
        try Data(try await read(uri)).write(to: URL(filePath: localPath))
    }

    func size(of uri: String) async throws -> Int64 { Int64(try await read(uri).count) }
    func exists(_ uri: String) async -> Bool { files.withLock { $0[uri] } != nil }
    func delete(_ uri: String) async throws -> Bool { files.withLock { $0.removeValue(forKey: uri) } != nil }
}

struct TestClock: FlowClock {
    var now: Timestamp { Timestamp(milliseconds: 1_700_000_000_000) }
    func sleep(until moment: Timestamp) async throws {}
}

private struct NoKeyValues: KeyValueStore {
    func value(of key: String, in namespace: String) async throws -> Value? { nil }
    func set(
        _ key: String, in namespace: String, to value: Value, expiresAt: Timestamp?, overwrite: Bool,
        description: String?
    ) async throws -> Bool { false }
    func keys(in namespace: String, prefix: String) async throws -> [String] { [] }
    func delete(_ key: String, in namespace: String) async throws -> Bool { false }
}

private struct NoMarks: MarkStore {
    func mark(_ key: String) async throws -> [UInt8]? { nil }
    func setMark(_ key: String, to bytes: [UInt8]) async throws {}
}

/// The flows of the shared cases. Source: git-tests spec, "Fixtures".
enum Fixture {
    static func old(_ id: String, _ namespace: String) -> String {
        """
        id: \(id)
        namespace: \(namespace)

        tasks:
          - id: old-task
            type: io.kestra.plugin.core.log.Log
            message: Hello from old-task
        """
    }

    static func new(_ id: String, _ namespace: String) -> String {
        """
        id: \(id)
        namespace: \(namespace)

        tasks:
          - id: new-task
            type: io.kestra.plugin.core.log.Log
            message: Hello from \(id)

        """
    }

    static func ten(_ id: String, _ namespace: String) -> String {
        """
        id: \(id)
        namespace: \(namespace)
        tasks:
          - id: my-task
            type: io.kestra.plugin.core.log.Log
            message: Hello from my-task
          - id: subflow
            type: io.kestra.plugin.core.flow.Subflow
            namespace: \(namespace).sub-namespace
            flowId: another-flow

        """
    }

    static func bad(_ id: String, _ namespace: String) -> String {
        "id: \(id)\nnamespace: \(namespace)\ntasks:\n  - id: bad\n    type: unknown.type\n"
    }

    /// FX1: branch `sync`, default branch `main`.
    static func first() async throws -> TestRemote {
        let remote = try await TestRemote()
        try await remote.commit(["README.md": "hello\n"])
        try await remote.commit(
            [
                "to_clone/.kestraignore": "file_to_ignore.txt\ndir_to_ignore/\n", "to_clone/file_to_ignore.txt": "x",
                "to_clone/dir_to_ignore/file.txt": "x", "to_clone/cloned.json": "{\"my-field\": \"my-value\"}",
                "to_clone/_flows/.kestraignore": "kestra-ignored-flow.yml\n",
                "to_clone/_flows/kestra-ignored-flow.yml": new("ignored-flow", "x"),
                "to_clone/_flows/first-flow.yml": new("first-flow", "dev"),
                "to_clone/_flows/second-flow.yml": new("second-flow", "dev"),
                "to_clone/_flows/unchanged-flow.yaml": old("unchanged-flow", "my.namespace") + "\n",
                "to_clone/_flows/nested/namespace/nested_flow.yaml": new("nested-flow", "whatever"),
            ], on: "sync")
        return remote
    }
}
