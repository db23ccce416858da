import FlowModel
import OrderedCollections
import Testing

@testable import EngineCore

private func subflow(_ more: String = "") -> String {
    flow("Subflow", "s", "namespace: tests, flowId: other\(more.isEmpty ? "" : ", " + more)")
}

@Suite struct `Tasks of the engine` {
    @Test func `a subflow is waited for`() throws {
        let bench = try Bench(
            list(
                "tasks", subflow("inputs: { a: \"{{ 1 + 1 }}\" }, labels: { l: m }"),
                step("z", "{{ outputs.s.outputs.o }}")),
            labels: [Label(key: "own", value: "x"), Label(key: "system.correlationId", value: "c")])
        bench.subflow = { SubflowEnd(child: $0.child, state: .success, outputs: ["o": "out"]) }
        bench.run()
        let request = try #require(bench.subflows.first)
        #expect(request.inputs == ["a": "2"] && request.flowID == "other" && request.revision == nil)
        #expect(request.labels.map(\.key) == ["system.correlationId", "l"])
        #expect(request.trigger.variables["executionId"] == .string(bench.execution.id.description))
        #expect(bench.execution.state.current == .success && bench.output("z") == "out")
        #expect(bench.run(of: "s")?.attempts.map { Bench.words($0.state) } == ["CREATED RUNNING SUCCESS"])
        #expect(bench.output("s", "state") == "SUCCESS")
    }

    @Test(arguments: [
        ("", State.failed, State.failed), ("transmitFailed: false", .failed, .success),
        ("allowFailure: true", .failed, .warning),
        ("allowFailure: true, allowWarning: true", .failed, .success), ("", .killed, .killed),
        ("", .cancelled, .success), ("wait: false", .failed, .success),
    ])
    func `its end becomes the task's`(more: String, child: State, ends: State) throws {
        let bench = try Bench(list("tasks", subflow(more)))
        bench.subflow = { SubflowEnd(child: $0.child, state: child, outputs: nil) }
        bench.run()
        #expect(bench.execution.state.current == ends)
    }

    @Test func `each retry starts another one`() throws {
        let bench = try Bench(list("tasks", subflow("retry: { type: constant, interval: PT1S, maxAttempts: 3 }")))
        bench.subflow = { SubflowEnd(child: $0.child, state: .failed, outputs: nil) }
        bench.run()
        #expect(bench.execution.state.current == .failed && bench.run(of: "s")?.attempts.count == 3)
        #expect(Set(bench.subflows.map(\.child)).count == 3)
    }

    @Test func `one that cannot exist fails the task`() throws {
        let bench = try Bench(list("tasks", subflow()))
        bench.subflow = { _ in nil }
        bench.run()
        bench.send(.subflowRefused(0, attempt: 0, "Unable to find flow"))
        #expect(bench.execution.state.current == .failed && bench.logs.last?.message == "Unable to find flow")
    }

    @Test func `outputs of old are read from the other execution`() throws {
        let bench = try Bench(list("tasks", subflow("outputs: { extracted: \"{{ outputs.default.value }}\" }")))
        bench.subflow = {
            SubflowEnd(
                child: $0.child, state: .success, outputs: nil,
                variables: ["outputs": ["default": ["value": "deep"]]] as ValueMap)
        }
        bench.run()
        #expect(bench.output("s", "outputs") == ["extracted": "deep"])
    }

    @Test func `labels are set`() throws {
        let task = "{ id: l, type: io.kestra.plugin.core.execution.Labels, labels: { a: \"{{ 42 }}\", b: new } }"
        let bench = try Bench(list("tasks", task, step("z", "{{ labels.b }}")), labels: [Label(key: "b", value: "old")])
            .run()
        #expect(
            bench.execution.labels == [Label(key: "b", value: "new"), Label(key: "a", value: "42")]
                && bench.output("z") == "new")
        #expect(bench.run(of: "l")?.attempts.count == 1)
        let refused = try Bench(
            list("tasks", "{ id: l, type: io.kestra.plugin.core.execution.Labels, labels: { system.x: y } }")
        ).run()
        #expect(refused.execution.state.current == .failed && refused.execution.labels.isEmpty)
    }

    @Test func `variables are set, merged and unset`() throws {
        let set = "{ id: s, type: io.kestra.plugin.core.execution.SetVariables, variables: { m: { y: 2 } } }"
        let unset = "{ id: u, type: io.kestra.plugin.core.execution.UnsetVariables, variables: [m.x] }"
        let bench = try Bench(
            list("tasks", set, step("a", "{{ vars.m.x }}{{ vars.m.y }}"), unset, step("b", "{{ vars.m }}"))
                + "\nvariables: { m: { x: 1 } }"
        ).run()
        #expect(bench.output("a") == "12" && bench.output("b") == "{\"y\":2}")
    }

    @Test(arguments: [("SUCCESS", State.success), ("CANCELED", .cancelled), ("KILLED", .killed), ("FAILED", .failed)])
    func `exit ends it all`(word: String, state: State) throws {
        let exit = "{ id: x, type: io.kestra.plugin.core.execution.Exit, state: \(word) }"
        let bench = try Bench(
            list("tasks", flow("Sequential", "s", list("tasks", exit, step("a"))), step("b")) + "\n"
                + list("errors", step("e"))
        ).run()
        #expect(
            bench.execution.state.current == state && bench.taskRuns.count == 2
                && bench.run(of: "s")?.state.current == state)
    }

    @Test func `a flow gives its outputs`() throws {
        let bench = try Bench(
            list("tasks", step("a", "x"))
                + "\noutputs: [{ id: o, type: STRING, value: \"{{ outputs.a }}\" }, { id: n, type: INT, value: \"{{ 2 }}\" }]"
        ).run()
        #expect(bench.execution.outputs == ["o": "{\"value\":\"x\"}", "n": 2])
        let failing = try Bench(
            list("tasks", step("a", "x")) + "\noutputs: [{ id: o, type: STRING, value: \"{{ nothing }}\" }]"
        ).run()
        #expect(failing.execution.state.current == .failed && failing.execution.outputs == nil)
        #expect(failing.logs.contains { $0.message.hasPrefix("Failed to render output values") })
    }
}
