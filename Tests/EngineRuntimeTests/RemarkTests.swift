import EngineCore
import FlowModel
import Storage
import Testing

@testable import EngineRuntime

struct RemarkTests {
    private static let greet = """
        id: greet
        namespace: test
        inputs:
          - { id: name, type: STRING, defaults: World }
          - { id: more.deep, type: STRING, required: false }
        tasks:
          - { id: say, type: test.Say, message: "hi {{ inputs.name }}" }
        """
    private static let plain = """
        id: plain
        namespace: test
        tasks:
          - { id: say, type: test.Say, message: "{{ inputs ?? 'none' }}" }
        """
    private static let pause = """
        id: pause
        namespace: test
        tasks:
          - id: wait
            type: io.kestra.plugin.core.flow.Pause
            onResume: [{ id: reason, type: STRING, required: false }]
          - { id: say, type: test.Say, message: after }
        """

    @Test func `inputs that the flow does not declare are dropped, logged and told`() async throws {
        let bench = Bench()
        try await bench.run(Self.greet, Self.plain) { engine async throws in
            let given: ValueMap = ["nmae": "Ada", "more": ["deep": "x", "odd": 1], "name": "Bo"]
            let (execution, remarks) = try await engine.started(
                StartRequest(namespace: "test", flowID: "greet", inputs: given))
            #expect(execution.inputs == ["name": "Bo", "more": ["deep": "x"]])
            let told = [
                "input 'nmae' is not declared by this flow; did you mean 'name'? It was ignored",
                "input 'more.odd' is not declared by this flow; it was ignored",
            ]
            #expect(remarks == told)
            _ = try await engine.end(of: execution.id)
            let warnings = try await engine.store.logs(
                of: execution.id, after: nil, LogFilter(minLevel: .warn), limit: nil)
            #expect(warnings.map(\.entry.message) == told.map { "The \($0)" })
            #expect(warnings.allSatisfy { $0.entry.level == .warn })

            let (none, one) = try await engine.started(
                StartRequest(namespace: "test", flowID: "plain", inputs: ["a": 1]))
            #expect(none.inputs == nil)
            #expect(one == ["input 'a' is not declared by this flow; it was ignored"])
            #expect(try await engine.started(StartRequest(namespace: "test", flowID: "plain")).remarks == [])
        }
    }

    @Test func `a revision that is missing is not called a missing flow`() async throws {
        let bench = Bench()
        try await bench.run(Self.plain) { engine async throws in
            func refusal(_ flow: String, _ revision: Int) async throws -> String {
                let refused = await #expect(throws: EngineRefusal.self) {
                    try await engine.start(StartRequest(namespace: "test", flowID: flow, revision: revision))
                }
                guard case .notFound(let what) = refused else { return "" }
                return what
            }
            #expect(try await refusal("plain", 99) == "Flow test.plain has no revision 99; its newest is 1")
            #expect(try await refusal("none", 2) == "Flow not found: test.none")
        }
    }

    @Test func `a great many undeclared inputs are counted`() {
        let given = ValueMap((0..<100).map { ("k\($0)", Value.null) }, uniquingKeysWith: { $1 })
        let remarks = UndeclaredInputs(given, declared: []).remarks
        #expect(remarks.count == 21)
        #expect(remarks.last == "80 more undeclared inputs were ignored")
    }

    @Test func `a replay and a resume tell what they drop`() async throws {
        let bench = Bench()
        try await bench.run(Self.greet, Self.pause) { engine async throws in
            let first = try await engine.start("greet")
            _ = try await engine.end(of: first)
            let (replay, remarks) = try await engine.replayed(first, inputs: ["nam": "x"])
            #expect(remarks.count == 1)
            _ = try await engine.end(of: replay.execution.id)
            #expect(try await engine.messages(replay.execution.id).contains("The \(remarks[0])"))

            let id = try await engine.start("pause")
            try await engine.reached(.paused, id)
            let resumed = try await engine.resume(id, inputs: ["reson": "x"])
            #expect(
                resumed == ["input 'reson' is not declared by this pause; did you mean 'reason'? It was ignored"])
            _ = try await engine.end(of: id)
            #expect(try await engine.messages(id).contains("The \(resumed[0])"))
        }
    }

    @Test func `a paused execution can be restarted`() async throws {
        let bench = Bench()
        try await bench.run(Self.pause) { engine async throws in
            let id = try await engine.start("pause")
            try await engine.reached(.paused, id)
            async let end = engine.end(of: id)
            let restarted = try await engine.restart(id)
            #expect(restarted.execution.id == id)
            #expect(restarted.execution.state.current == .restarted)
            #expect(restarted.execution.attemptNumber == 2)
            #expect(
                try await end.execution.state.entries.map(\.state).suffix(4) == [
                    .paused, .restarted, .running, .success,
                ])
            #expect(try await engine.messages(id) == ["after"])
            let stored = try await engine.store.snapshot(id)
            #expect(stored?.isOpen == false)
            #expect(stored?.taskRuns.count == 2)
            await #expect(throws: EngineRefusal.self) { _ = try await engine.restart(id) }
        }
    }

    @Test func `a running execution cannot be restarted`() async throws {
        let bench = Bench()
        try await bench.run(ExecutionTests.waiting(bench)) { engine async throws in
            let id = try await engine.start("waiting")
            await bench.board.reached("began g")
            await #expect(throws: EngineRefusal.self) { _ = try await engine.restart(id) }
            try await engine.pause(id)
            // Its task is on a worker still.
            await #expect(throws: EngineRefusal.self) { _ = try await engine.restart(id) }
            bench.board.open("g")
        }
    }

    @Test func `a kill without cascade of what has ended names the state`() async throws {
        let bench = Bench()
        try await bench.run(Self.plain) { engine async throws in
            let id = try await engine.start("plain")
            _ = try await engine.end(of: id)
            let error = await #expect(throws: EngineRefusal.self) { try await engine.kill(id, cascade: false) }
            #expect(error?.description == "Execution is already finished, can't kill it: '\(id)' is SUCCESS")
            try await engine.kill(id, cascade: true)
        }
    }

    @Test func `a webhook that waits tells why its execution failed`() async throws {
        let bench = Bench()
        let flow = """
            id: hook
            namespace: test
            triggers:
              - { id: w, type: io.kestra.plugin.core.trigger.Webhook, key: k, wait: true, returnOutputs: true }
            tasks:
              - { id: no, type: test.Say, message: "{{ nothing.here }}" }
            """
        try await bench.run(flow) { engine async throws in
            let answer = try await engine.webhook(WebhookRequest(key: "k"), of: FlowKey("test", "hook"))
            guard case .ended(let snapshot, let status, let outputs, _, let error) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(snapshot.execution.state.current == .failed)
            #expect(status == 500)
            #expect(outputs == nil)
            #expect(error?.contains("nothing") == true)
        }
    }
}
