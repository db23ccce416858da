import FlowModel
import Testing

@testable import EngineCore

@Suite struct Iterations {
    @Test(arguments: [
        Story(
            "one value after the other",
            list(
                "tasks",
                flow("ForEach", "f", "values: [a, b]", list("tasks", step("x", "{{ taskrun.value }}"), step("y"))),
                step("z")),
            ends: .success, taskRuns: 6, order: ["f", "x", "y", "x", "y", "z"], values: ["x": "a"]),
        Story(
            "two at once",
            list(
                "tasks",
                flow(
                    "ForEach", "f", "concurrencyLimit: 2", "values: \"['a', 'b', 'c']\"",
                    list("tasks", work("x"), step("y")))),
            ends: .failed, taskRuns: 1),
        Story(
            "two values at once",
            list(
                "tasks",
                flow(
                    "ForEach", "f", "concurrencyLimit: 2", "values: '[\"a\", \"b\", \"c\"]'",
                    list("tasks", step("x"), step("y")))),
            ends: .success, taskRuns: 7, order: ["f", "x", "x", "y", "y", "x", "y"]),
        Story(
            "all at once",
            list(
                "tasks",
                flow("ForEach", "f", "concurrencyLimit: 0", "values: [1, 2, 3]", list("tasks", step("x"), step("y")))),
            ends: .success, taskRuns: 7, order: ["f", "x", "x", "x", "y", "y", "y"]),
        Story(
            "no values", list("tasks", flow("ForEach", "f", "values: \"[]\"", list("tasks", step("x"))), step("z")),
            ends: .success, taskRuns: 2),
        Story(
            "equal values count once",
            list("tasks", flow("ForEach", "f", "values: [a, a, b]", list("tasks", step("x")))), ends: .success,
            taskRuns: 3),
        Story(
            "null among the values",
            list(
                "tasks",
                flow("EachSequential", "f", "value: \"[1, null, {\\\"key\\\": \\\"v\\\"}]\"", list("tasks", step("x")))),
            ends: .failed,
            taskRuns: 1, logs: ["Found '1' null values on Each, with values=[1, null, {key=v}]"]),
        Story(
            "objects are JSON text",
            list(
                "tasks",
                flow(
                    "EachSequential", "f", "value: [{ key: k, value: [1] }]",
                    list("tasks", step("x", "{{ taskrun.value }}")))), ends: .success, taskRuns: 2,
            values: ["x": "{\"key\":\"k\",\"value\":[1]}"]),
        Story(
            "the first failure stops new values",
            list(
                "tasks",
                flow("ForEach", "f", "values: [a, b]", list("tasks", step("x"), fails("y")), list("errors", step("e"))),
                step("z")),
            ends: .failed, taskRuns: 4, order: ["f", "x", "y", "e"]),
        Story(
            "each in parallel",
            list("tasks", flow("EachParallel", "f", "value: [a, b, c]", list("tasks", step("x"), step("y")))),
            ends: .success, taskRuns: 7, order: ["f", "x", "y", "x", "y", "x", "y"]),
        Story(
            "outputs are found by value",
            list(
                "tasks",
                flow(
                    "ForEach", "f", "values: [v1, v2]",
                    list(
                        "tasks", step("x", "{{ taskrun.value }}!"),
                        flow("Sequential", "s", list("tasks", step("y", "{{ outputs.x[parent.taskrun.value].value }}")))
                    )),
                step("z", "{{ outputs.x.v2.value }} {{ outputs.y['v1'].value }}")), ends: .success, taskRuns: 8,
            values: ["z": "v2! v1!"]),
        Story(
            "outputs of nested iterations",
            list(
                "tasks",
                flow(
                    "EachSequential", "o", "value: [s1, s2]",
                    list(
                        "tasks",
                        flow(
                            "EachSequential", "i", "value: [a, b]",
                            list("tasks", step("x", "{{ parent.taskrun.value }}>{{ taskrun.value }}"))))),
                step("z", "{{ outputs.x.s2.a.value }}")), ends: .success, taskRuns: 8, values: ["z": "s2>a"]),
        Story(
            "the iteration's number",
            list(
                "tasks", flow("ForEach", "f", "values: [a, b]", list("tasks", step("x", "{{ taskrun.iteration }}"))),
                step("z", "{{ outputs.x.b.value }}")),
            ends: .success, taskRuns: 4, values: ["z": "1"]),
        Story(
            "states of tasks",
            list(
                "tasks", fails("a", "allowFailure: true"),
                flow("ForEach", "f", "values: [v]", list("tasks", step("x"))),
                step("z", "{{ tasks.a.state }} {{ tasks.x.v.state }}")),
            ends: .warning, taskRuns: 4, values: ["z": "WARNING SUCCESS"]),
    ])
    func `over values`(_ story: Story) throws { try story.check() }

    @Test(arguments: [
        Story(
            "until the condition holds",
            list(
                "tasks",
                flow(
                    "LoopUntil", "l", "condition: \"{{ outputs.v.values.count == '4' }}\"",
                    "checkFrequency: { interval: PT1S }",
                    "tasks: [{ id: v, type: io.kestra.plugin.core.output.OutputValues, values: { count: \"{{ outputs.l.iterationCount + 1 }}\" } }, \(step("w"))]"
                )),
            ends: .success, taskRuns: 3),
        Story(
            "until the limit",
            list(
                "tasks",
                flow(
                    "WaitFor", "l", "condition: \"false\"", "checkFrequency: { maxIterations: 3 }",
                    list("tasks", step("w")))), ends: .success,
            taskRuns: 2, logs: ["Max iterations reached"]),
        Story(
            "failing at the limit",
            list(
                "tasks",
                flow(
                    "WaitFor", "l", "condition: \"false\"", "failOnMaxReached: true",
                    "checkFrequency: { maxDuration: PT5S }", list("tasks", step("w")))),
            ends: .failed, taskRuns: 2, logs: ["Max duration reached"]),
        Story(
            "a failing round is the last",
            list("tasks", flow("LoopUntil", "l", "condition: \"false\"", list("tasks", step("v"), fails("w")))),
            ends: .failed, taskRuns: 3,
            attempts: ["w": 1]),
        Story(
            "inside an iteration",
            list(
                "tasks",
                flow(
                    "ForEach", "f", "values: [a, b]",
                    list(
                        "tasks",
                        flow(
                            "WaitFor", "l", "condition: \"{{ outputs.l[taskrun.value].iterationCount > 2 }}\"",
                            list("tasks", step("w", "{{ taskrun.iteration }}"))))),
                step("z", "{{ outputs.w.a.value }}")), ends: .success, taskRuns: 6, values: ["z": "2"]),
    ])
    func `in rounds`(_ story: Story) throws { try story.check() }

    @Test func `rounds pause the execution between them`() throws {
        let bench = try Bench(
            list(
                "tasks",
                flow("WaitFor", "l", "condition: \"{{ outputs.l.iterationCount > 2 }}\"", list("tasks", step("w"))))
        ).run()
        #expect(bench.history == "CREATED RUNNING PAUSED RUNNING SUCCESS")
        #expect(bench.history(of: "l") == "CREATED RUNNING PAUSED RUNNING SUCCESS")
        #expect(bench.taskRuns.map(\.number) == [0, 2], "numbers are never used again")
        #expect(bench.now.milliseconds == 1_700_000_001_000)
    }
}
