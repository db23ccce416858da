import FlowModel
import OrderedCollections
import Testing

@testable import EngineCore

@Suite struct `Pauses, kills and late events` {
    @Test func `a pause waits for someone`() throws {
        let bench = try Bench(list("tasks", flow("Pause", "p"), step("a"))).run()
        #expect(bench.history == "CREATED RUNNING PAUSED" && bench.taskRuns.count == 1)
        bench.send(.resumed(taskRun: nil, inputs: [:], by: nil))
        bench.settle()
        #expect(bench.history == "CREATED RUNNING PAUSED RESTARTED RUNNING SUCCESS")
        #expect(bench.history(of: "p") == "CREATED RUNNING PAUSED RUNNING SUCCESS" && bench.taskRuns.count == 2)
        #expect(bench.send(.resumed(taskRun: nil, inputs: [:], by: nil)).isEmpty, "a second resume does nothing")
    }

    @Test func `a pause asks for inputs`() throws {
        let bench = try Bench(
            list(
                "tasks", flow("Pause", "p", "onResume: [{ id: asked, type: STRING }]"),
                step("a", "{{ outputs.p.onResume.asked }}"))
        ).run()
        bench.send(.resumed(taskRun: nil, inputs: ["asked": "yes"], by: nil))
        #expect(bench.output("a") == "yes")
    }

    @Test(arguments: [
        ("delay: PT5S", State.success, "CREATED RUNNING PAUSED RUNNING SUCCESS"),
        ("timeout: PT5S", .failed, "CREATED RUNNING PAUSED FAILED"),
        ("pauseDuration: PT5S, behavior: WARN", .warning, "CREATED RUNNING PAUSED RUNNING WARNING"),
        ("pauseDuration: PT5S, behavior: FAIL", .failed, "CREATED RUNNING PAUSED FAILED"),
        ("pauseDuration: PT5S, behavior: CANCEL", .cancelled, "CREATED RUNNING PAUSED CANCELLED"),
    ])
    func `a pause ends by itself`(properties: String, ends: State, history: String) throws {
        let bench = try Bench(list("tasks", flow("Pause", "p", properties))).run()
        #expect(bench.execution.state.current == ends && bench.history(of: "p") == history)
        #expect(bench.now.milliseconds == 1_700_000_005_000)
    }

    @Test func `pauses in parallel resume one by one`() throws {
        let bench = try Bench(
            list(
                "tasks",
                flow(
                    "EachParallel", "e", "value: [1, 2, 3]",
                    list("tasks", flow("Pause", "p", "delay: PT1S", list("tasks", step("l"))))))
        ).run()
        #expect(bench.execution.state.current == .success && bench.taskRuns.count == 7)
    }

    @Test func `a paused execution starts nothing, and goes on`() throws {
        let bench = try Bench(list("tasks", work("a"), step("b")))
        bench.holdsWork = true
        bench.run()
        bench.send(.pauseRequested)
        bench.release(0, TaskResult(.success))
        bench.settle()
        #expect(
            bench.history == "CREATED RUNNING PAUSED" && bench.taskRuns.count == 1
                && bench.run(of: "a")?.state.current == .success)
        bench.send(.resumed(taskRun: nil, inputs: [:], by: nil))
        #expect(bench.history == "CREATED RUNNING PAUSED RUNNING SUCCESS" && bench.taskRuns.count == 2)
    }

    @Test func `a kill stops workers and ends the execution when they are through`() throws {
        let bench = try Bench(
            list("tasks", flow("Parallel", "p", list("tasks", work("a"), flow("Pause", "q"))), step("b")) + "\n"
                + list("errors", step("e")))
        bench.holdsWork = true
        bench.run(waiting: false)
        let decision = bench.send(.killRequested(cascade: true))
        #expect(
            decision.executionChanged && bench.execution.state.current == .killing
                && bench.run(of: "a")?.state.current == .running && bench.finished == 0)
        bench.send(.killRequested(cascade: true))
        #expect(bench.execution.state.current == .killing, "a second kill waits as well")
        bench.settle()
        #expect(bench.history == "CREATED RUNNING PAUSED KILLING KILLED" && bench.stopped == [1] && bench.killsChildren)
        #expect(
            bench.history(of: "a") == "CREATED RUNNING KILLED"
                && bench.history(of: "q") == "CREATED RUNNING PAUSED KILLING KILLED")
        #expect(bench.run(of: "p")?.state.current == .killed && bench.taskRuns.count == 3 && bench.finished == 1)
    }

    @Test func `a killed execution waits for those that it started`() throws {
        let bench = try Bench(
            list(
                "tasks", flow("Sequential", "q", list("tasks", flow("Subflow", "s", "namespace: tests, flowId: other")))
            )
                + "\n" + list("afterExecution", step("last")))
        bench.subflow = { _ in nil }
        bench.run()
        bench.send(.killRequested(cascade: true))
        bench.settle()
        #expect(bench.history == "CREATED RUNNING KILLING" && bench.run(of: "s")?.state.current == .running)
        // A restart of the server asks for the other one again.
        bench.take(ExecutionRows(bench.execution, taskRuns: bench.taskRuns))
        bench.settle()
        #expect(bench.subflows.count == 2 && bench.history == "CREATED RUNNING KILLING")
        bench.send(.subflowEnded(SubflowEnd(child: bench.subflows[0].child, state: .killed, outputs: nil)))
        bench.settle()
        #expect(bench.history == "CREATED RUNNING KILLING KILLED" && bench.history(of: "s") == "CREATED RUNNING KILLED")
        #expect(
            bench.history(of: "q") == "CREATED RUNNING KILLED" && bench.history(of: "last") == "CREATED RUNNING SUCCESS"
        )
    }

    @Test(arguments: [true, false])
    func `a killed execution waits for nothing that will not come`(cascade: Bool) throws {
        let bench = try Bench(list("tasks", flow("Subflow", "s", "namespace: tests, flowId: other")))
        bench.subflow = { _ in nil }
        bench.run()
        bench.send(.killRequested(cascade: cascade))
        // With a cascade: the other one had not begun when the kill came.
        if cascade { bench.send(.subflowRefused(0, attempt: 0, "It was killed")) }
        #expect(bench.history == "CREATED RUNNING KILLING KILLED" && bench.history(of: "s") == "CREATED RUNNING KILLED")
    }

    @Test func `what runs after the end is killed too, and ends when its workers are through`() throws {
        let bench = try Bench(
            list("tasks", step("a")) + "\n"
                + list("afterExecution", flow("Sequential", "q", list("tasks", work("late"), step("never")))))
        bench.holdsWork = true
        bench.run(waiting: false)
        bench.send(.killRequested(cascade: true))
        bench.send(.killRequested(cascade: true))
        #expect(
            bench.history == "CREATED RUNNING SUCCESS" && bench.finished == 0
                && bench.run(of: "late")?.state.current == .running)
        bench.settle()
        #expect(bench.history(of: "late") == "CREATED RUNNING KILLED" && bench.finished == 1)
        #expect(bench.run(of: "q")?.state.current == .killed && bench.run(of: "never") == nil)
    }

    @Test func `what workers had when the server stopped is killed at its restart`() throws {
        let bench = try Bench(list("tasks", work("a")))
        bench.holdsWork = true
        bench.run()
        let decision = bench.state.apply(
            .killRequested(cascade: true), at: bench.now, to: bench.flow, with: bench.surroundings)
        bench.absorb(decision)
        bench.take(ExecutionRows(bench.execution, taskRuns: bench.taskRuns))
        #expect(bench.history == "CREATED RUNNING KILLING KILLED" && bench.history(of: "a") == "CREATED RUNNING KILLED")
    }

    @Test func `a result told twice, late or early counts once`() throws {
        let bench = try Bench(list("tasks", work("a"), work("b")))
        bench.holdsWork = true
        bench.run()
        #expect(bench.send(.taskEnded(0, attempt: 1, TaskResult(.success))).isEmpty, "an attempt that was not made")
        bench.release(0, TaskResult(.success))
        #expect(bench.send(.taskEnded(0, attempt: 0, TaskResult(.failed))).isEmpty, "told twice")
        #expect(bench.send(.taskStarted(0, attempt: 0)).isEmpty)
        #expect(bench.send(.taskLost(0, attempt: 0)).isEmpty)
        bench.settle()
        bench.release(1, TaskResult(.success))
        #expect(bench.execution.state.current == .success)
    }

    @Test func `a lost worker means another attempt`() throws {
        let bench = try Bench(list("tasks", work("a")))
        bench.holdsWork = true
        bench.run()
        bench.send(.taskLost(0, attempt: 0))
        bench.settle()
        bench.release(0, TaskResult(.success))
        #expect(bench.send(.taskEnded(0, attempt: 1, TaskResult(.success))).commands.count == 2)
        #expect(bench.run(of: "a")?.attempts.map(\.state.current) == [.killed, .success])
        #expect(bench.history(of: "a") == "CREATED RUNNING CREATED RUNNING SUCCESS")
    }

    @Test(arguments: [
        (Concurrency.Behavior.queue, "CREATED QUEUED RUNNING SUCCESS"), (.cancel, "CREATED CANCELLED"),
        (.fail, "CREATED FAILED"),
    ])
    func `a limit of executions`(behavior: Concurrency.Behavior, history: String) throws {
        let bench = try Bench(list("tasks", step("a")) + "\nconcurrency: { limit: 1, behavior: \(behavior.rawValue) }")
        bench.send(.created(running: 1))
        bench.send(.unqueued)
        bench.settle()
        #expect(bench.history == history)
    }

    @Test func `a small budget changes nothing but the number of steps`() throws {
        let yaml = list(
            "tasks",
            flow(
                "ForEach", "f", "concurrencyLimit: 0", "values: [1, 2, 3, 4, 5, 6, 7]",
                list("tasks", step("x"), step("y"))), step("z"))
        let (one, many) = (try Bench(yaml), try Bench(yaml))
        many.budget = 3
        one.run()
        many.run()
        #expect(one.taskRuns.count == 16 && many.taskRuns.count == 16 && many.execution.state.current == .success)
    }

    @Test func `a date in the future is waited for`() throws {
        let flow = try TestCatalogue.flow(list("tasks", step("a")))
        let bench = Bench(flow)
        bench.state.execution.scheduleDate = bench.now.advanced(by: .hours(1))
        bench.run(waiting: false)
        #expect(bench.execution.state.current == .created && bench.timers.count == 1)
        bench.settle()
        #expect(bench.history == "CREATED RUNNING SUCCESS" && bench.now.milliseconds == 1_700_003_600_000)
    }
}
