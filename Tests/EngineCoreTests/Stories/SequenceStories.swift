import FlowModel
import Testing

@testable import EngineCore

@Suite struct `Sequences, branches and failures` {
    @Test(arguments: [
        Story(
            "three tasks", list("tasks", step("a"), step("b"), work("c")), ends: .success, taskRuns: 3,
            order: ["a", "b", "c"], values: ["a": "a"]),
        Story(
            "a failure ends the sequence", list("tasks", step("a"), fails("b"), step("c")), ends: .failed, taskRuns: 2,
            states: ["b": .failed], logs: ["Task failure"]),
        Story(
            "global handlers run after a failure",
            list("tasks", fails("a"), step("b")) + "\n" + list("errors", step("e1"), fails("e2"), step("e3")),
            ends: .failed, taskRuns: 4, states: ["e1": .success, "e2": .failed, "e3": .success]),
        Story(
            "handlers see the failures",
            list("tasks", fails("a")) + "\n"
                + list("errors", step("e", "{{ errorLogs()[0].taskId }}: {{ errorLogs()[0].message }}")),
            ends: .failed, taskRuns: 2, values: ["e": "a: Task failure"]),
        Story(
            "a flowable's own handlers come first",
            list(
                "tasks",
                flow("Sequential", "s", list("tasks", step("a"), fails("b"), step("c")), list("errors", step("local"))),
                step("d")) + "\n"
                + list("errors", step("global")), ends: .failed, taskRuns: 5, order: ["s", "a", "b", "local", "global"]),
        Story(
            "nested sequences",
            list(
                "tasks",
                flow(
                    "Sequential", "s",
                    list("tasks", step("a"), flow("Sequential", "t", list("tasks", step("b"), work("c"))))), step("d")),
            ends: .success, taskRuns: 6, order: ["s", "a", "t", "b", "c", "d"]),
        Story(
            "parallel tasks are created side by side",
            list(
                "tasks",
                flow(
                    "Parallel", "p",
                    list(
                        "tasks", flow("Sequential", "s1", list("tasks", step("a"))),
                        flow("Sequential", "s2", list("tasks", step("b"))))), step("c")),
            ends: .success, taskRuns: 6, order: ["p", "s1", "s2", "a", "b", "c"]),
        Story(
            "a failing branch lets its siblings finish",
            list("tasks", flow("Parallel", "p", list("tasks", fails("a"), step("b"), step("c"))), step("d")),
            ends: .failed, taskRuns: 4, states: ["p": .failed, "b": .success, "c": .success]),
        Story(
            "with a limit a failure stops what has not begun",
            list("tasks", flow("Parallel", "p", "concurrent: 1", list("tasks", fails("a"), step("b")))),
            ends: .failed, taskRuns: 2),
        Story(
            "disabled tasks leave no trace", list("tasks", step("a"), step("b", "x", "disabled: true"), step("c")),
            ends: .success, taskRuns: 2),
        Story(
            "all tasks of a flowable disabled",
            list("tasks", flow("Sequential", "s", list("tasks", step("a", "x", "disabled: true")))), ends: .success,
            taskRuns: 1),
        Story(
            "if, true",
            list(
                "tasks",
                flow("If", "i", "condition: \"{{ 1 == 1 }}\"", list("then", step("a")), list("else", step("b")))),
            ends: .success,
            taskRuns: 2, states: ["a": .success]),
        Story(
            "if, -0",
            list("tasks", flow("If", "i", "condition: \"-0\"", list("then", step("a")), list("else", step("b")))),
            ends: .success, taskRuns: 2, states: ["b": .success]),
        Story(
            "if without else", list("tasks", flow("If", "i", "condition: \"false\"", list("then", step("a")))),
            ends: .success, taskRuns: 1),
        Story(
            "a condition that cannot be rendered",
            list("tasks", flow("If", "i", "condition: \"{{ nothing.here }}\"", list("then", step("a")))), ends: .failed,
            taskRuns: 1, states: ["i": .failed], logs: ["Unable to find `nothing`"]),
        Story(
            "switch by number",
            list("tasks", flow("Switch", "s", "value: \"{{ 1 }}\"", "cases: { 1: [\(step("a"))], 2: [\(step("b"))] }")),
            ends: .success,
            taskRuns: 2, states: ["a": .success], values: ["s": "1"]),
        Story(
            "switch without a match", list("tasks", flow("Switch", "s", "value: x", "cases: { y: [\(step("a"))] }")),
            ends: .failed, taskRuns: 1),
        Story(
            "switch to its defaults",
            list("tasks", flow("Switch", "s", "value: x", "cases: { y: [\(step("a"))] }", list("defaults", step("b")))),
            ends: .success,
            taskRuns: 2, states: ["b": .success]),
        Story(
            "a graph",
            list(
                "tasks",
                flow(
                    "Dag", "d",
                    "tasks: [{ task: \(step("c")), dependsOn: [a, b] }, { task: \(work("a")) }, { task: \(step("b")), dependsOn: [a] }]"
                ), step("e")),
            ends: .success, taskRuns: 5, order: ["d", "a", "b", "c", "e"]),
        Story(
            "a graph stops at a failure",
            list("tasks", flow("Dag", "d", "tasks: [{ task: \(fails("a")) }, { task: \(step("b")), dependsOn: [a] }]")),
            ends: .failed,
            taskRuns: 2),
        Story(
            "finally after success and after failure",
            list("tasks", flow("Sequential", "s", list("tasks", fails("ko")), list("finally", step("f1"))), step("ok"))
                + "\n"
                + list("finally", step("f2")), ends: .failed, taskRuns: 4, order: ["s", "ko", "f1", "f2"]),
        Story(
            "handlers before finally, both go on through failures",
            list("tasks", flow("If", "i", "condition: yes", list("then", fails("ko")))) + "\n"
                + list("errors", step("e1"), fails("e2")) + "\n"
                + list("finally", fails("f1"), step("f2")), ends: .failed, taskRuns: 6,
            order: ["i", "ko", "e1", "e2", "f1", "f2"]),
        Story(
            "a failing finally changes nothing", list("tasks", step("a")) + "\n" + list("finally", fails("f")),
            ends: .success, taskRuns: 2),
        Story(
            "after the execution its state is known",
            list("tasks", fails("a")) + "\n"
                + list("afterExecution", step("x", "{{ execution.state }}"), fails("y"), step("z")),
            ends: .failed, taskRuns: 4, values: ["x": "FAILED"]),
        Story(
            "runIf",
            list(
                "tasks", step("a", "x", "runIf: \"{{ 1 == 1 }}\""), step("b", "x", "runIf: \"0\""),
                step("c", "x", "runIf: \"{{ nothing }}\""), step("d")),
            ends: .failed, taskRuns: 3, states: ["a": .success, "b": .skipped, "c": .failed],
            attempts: ["b": 0, "c": 0]),
    ])
    func `runs as told`(_ story: Story) throws { try story.check() }

    @Test(arguments: [(step("a"), "listened SUCCESS", 3), (fails("a"), "listened FAILED", 3)])
    func `listeners run after the end`(task: String, value: String, count: Int) throws {
        let condition = "{ type: io.kestra.plugin.core.condition.ExecutionStatus, in: [SUCCESS, FAILED] }"
        let never = "{ type: io.kestra.plugin.core.condition.ExecutionStatus, in: [KILLED] }"
        let listeners =
            "listeners: [{ conditions: [\(condition)], \(list("tasks", fails("l"), step("m", "listened {{ execution.state }}"))) }, { conditions: [\(never)], \(list("tasks", step("n"))) }]"
        let bench = try Bench(list("tasks", task) + "\n" + listeners).run()
        #expect(bench.output("m") == .string(value) && bench.taskRuns.count == count && bench.finished == 1)
        #expect(bench.execution.state.current == (task == step("a") ? .success : .failed))
    }

    @Test(arguments: [
        Story(
            "allowFailure", list("tasks", fails("a", "allowFailure: true"), step("b")), ends: .warning, taskRuns: 2,
            states: ["a": .warning]),
        Story(
            "allowFailure and allowWarning",
            list("tasks", fails("a", "allowFailure: true, allowWarning: true"), step("b")), ends: .success, taskRuns: 2),
        Story(
            "on a flowable",
            list("tasks", flow("Sequential", "s", "allowFailure: true", list("tasks", fails("a"))), step("b")),
            ends: .warning, taskRuns: 3),
        Story(
            "on a worker's task", list("tasks", work("a", "FAILED", "allowFailure: true"), step("b")), ends: .warning,
            taskRuns: 2, attempts: ["a": 1]),
        Story("a worker's warning", list("tasks", work("a", "WARNING"), step("b")), ends: .warning, taskRuns: 2),
        Story(
            "AllowFailure, its errors, and what follows",
            list(
                "tasks",
                flow(
                    "AllowFailure", "t",
                    list("tasks", flow("Sequential", "s", list("tasks", step("a"), fails("ko"), step("c")))),
                    list("errors", step("e"))), step("d")) + "\n"
                + list("errors", step("global")), ends: .warning, taskRuns: 6,
            states: ["t": .warning, "s": .failed, "ko": .failed, "e": .success, "d": .success]),
    ])
    func `tolerates failures`(_ story: Story) throws { try story.check() }
}
