import FlowModel
import TaskKit
import TestSupport
import Testing

@testable import CoreTasks

/// Runs an instant task.
private func run<Work: InstantTask>(
    _ type: Work.Type, _ properties: ValueMap, variables: ValueMap = [:]
) throws -> (outputs: ValueMap?, failure: String?, logs: [String]) {
    var context = InstantContext(scope: .init(variables: variables), now: Timestamp(milliseconds: 0))
    let task = try type.make(properties, variables: variables)
    do throws(TaskFailure) {
        let outputs = try task.run(&context)
        return (outputs.values, nil, context.logs.map { "\($0.level.name) \($0.message)" })
    } catch {
        return (nil, error.message, context.logs.map { "\($0.level.name) \($0.message)" })
    }
}

@Suite struct SmallTaskTests {
    @Test func `Log writes one entry a message`() throws {
        #expect(try run(WriteLog.self, ["message": "{{ a }}"], variables: ["a": 1]).logs == ["INFO 1"])
        #expect(try run(WriteLog.self, ["message": ["x", ""], "level": "warn"]).logs == ["WARN x", "WARN "])
        #expect(throws: TaskFailure.self) { try WriteLog.make() }
        #expect(try run(Echo.self, ["format": "x", "level": "DEBUG"]).logs == ["DEBUG x"])
    }

    @Test func `Return gives the text or null`() throws {
        #expect(try run(ReturnValue.self, ["format": "{{ 1 + 1 }}"]).outputs == ["value": "2"])
        #expect(try run(ReturnValue.self, [:]).outputs == ["value": nil])
    }

    @Test func `OutputValues keeps what is no text`() throws {
        let values: Value = ["a": "{{ x }}", "b": [1, "{{ x }}"], "n": nil]
        #expect(
            try run(OutputValues.self, ["values": values], variables: ["x": "y"]).outputs
                == ["values": ["a": "y", "b": [1, "y"], "n": nil]])
    }

    @Test func `Fail fails always or on a condition`() throws {
        #expect(try run(FailExecution.self, [:]).failure == "Task failure")
        let met = try run(FailExecution.self, ["condition": "{{ 1 == 1 }}", "errorMessage": "m"])
        #expect(met.failure == "Fail on a condition")
        #expect(met.logs == ["ERROR m"])
        #expect(try run(FailExecution.self, ["condition": "{{ 1 == 2 }}"]).outputs == [:])
    }

    @Test func `Assert looks at every condition`() throws {
        let conditions: Value = ["{{ 1 == 1 }}", "{{ 1 == 2 }}", "0"]
        let result = try run(AssertConditions.self, ["conditions": conditions, "errorMessage": "m"])
        #expect(result.failure == "2 assertions failed!\nm")
        #expect(result.logs == ["ERROR Assertion `{{ 1 == 2 }}` failed!", "ERROR Assertion `0` failed!"])
        #expect(try run(AssertConditions.self, ["conditions": ["1"]]).outputs == [:])
    }

    @Test func `Every built-in task documents itself with an example that has its type`() {
        let catalogue = Catalogue(tasks: BuiltInTasks.all, triggers: [])
        #expect(catalogue.tasks.count == BuiltInTasks.all.count)
        for (type, kind) in catalogue.tasks {
            #expect(kind.about.example.contains(type), "\(type)")
            #expect(kind.about.title.hasSuffix("."), "\(type)")
            #expect(kind.properties.allSatisfy { $0.about.hasSuffix(".") || $0.about.hasSuffix("]") }, "\(type)")
        }
    }
}

@Suite struct KeyValueTaskTests {
    private let world = TestWorld(flows: [
        StoredFlow(key: FlowKey(namespace: "other", id: "f"), revision: 1, source: "")
    ])

    private func set(_ properties: ValueMap) async throws {
        _ = try await SetKey.make(properties).run(world.context())
    }

    @Test func `A value keeps the type of its expression`() async throws {
        let task = try SetKey.make(
            ["key": "k", "value": "{{ v }}", "ttl": "PT5M"], variables: ["v": ["a": [1, true]]])
        _ = try await task.run(world.context())
        let entry = try #require(world.keyValues.entry("k", in: "company.team"))
        #expect(entry.value == ["a": [1, true]])
        #expect(entry.expiresAt == world.clock.now.advanced(by: .minutes(5)))
        #expect(try await GetKey.make(["key": "k"]).run(world.context()).value == ["a": [1, true]])
    }

    @Test(
        arguments: [
            ("NUMBER", "123.45", 123.45), ("NUMBER", "12", 12), ("BOOLEAN", "true", true), ("STRING", "12", "12"),
            ("DURATION", "P1DT5S", .duration(.seconds(86_405))), ("JSON", "[{\"a\":1}]", [["a": 1]]),
        ] as [(String, String, Value)])
    func `kvType reads texts`(_ kind: String, _ text: String, _ value: Value) async throws {
        try await set(["key": "k", "value": .string(text), "kvType": .string(kind)])
        #expect(world.keyValues.entry("k", in: "company.team")?.value == value)
    }

    @Test func `Wrong texts, wrong keys and negative times are refused`() async throws {
        for key in ["a/b", "bad$key", "", "-a"] {
            await #expect(throws: TaskFailure.self) { try await set(["key": .string(key), "value": "x"]) }
        }
        try await set(["key": "AN_UPPER.CASE-key", "value": "x"])
        await #expect(throws: TaskFailure.self) { try await set(["key": "k", "value": "x", "kvType": "NUMBER"]) }
        await #expect(throws: TaskFailure.self) { try await set(["key": "k", "value": "x", "ttl": "-PT1S"]) }
    }

    @Test func `overwrite false refuses an existing key`() async throws {
        try await set(["key": "k", "value": "1"])
        await #expect(throws: TaskFailure.self) { try await set(["key": "k", "value": "2", "overwrite": false]) }
        #expect(world.keyValues.entry("k", in: "company.team")?.value == "1")
    }

    @Test func `Namespaces: own, parent and existing ones`() async throws {
        try await set(["key": "p", "value": "1", "namespace": "company"])
        try await set(["key": "o", "value": "1", "namespace": "other"])
        await #expect(throws: TaskFailure.self) { try await set(["key": "k", "value": "1", "namespace": "nowhere"]) }
        #expect(try await GetKey.make(["key": "p"]).run(world.context()).value == "1")
        #expect(try await GetKey.make(["key": "o"]).run(world.context()).value == .null)
        #expect(try await ListKeys.make(["namespace": "company"]).run(world.context()).keys == ["p"])
    }

    @Test func `Missing keys are null, false or an error`() async throws {
        #expect(try await GetKey.make(["key": "k"]).run(world.context()).value == .null)
        #expect(try await !DeleteKey.make(["key": "k"]).run(world.context()).deleted)
        for strict in [true, false] {
            let get = try GetKey.make(["key": "k", "errorOnMissing": true])
            let delete = try DeleteKey.make(["key": "k", "errorOnMissing": true])
            await #expect(throws: TaskFailure.self) {
                if strict { _ = try await get.run(world.context()) } else { _ = try await delete.run(world.context()) }
            }
        }
    }

    @Test func `An expired key is an error`() async throws {
        try await set(["key": "k", "value": "x", "ttl": "PT1S"])
        world.clock.advance(by: .seconds(2))
        await #expect(throws: TaskFailure.self) { try await GetKey.make(["key": "k"]).run(world.context()) }
    }
}
