import FlowModel
import OrderedCollections
import Testing

@testable import EngineCore

private let newID = ExecutionID(high: 7, low: 9)

extension Bench {
    fileprivate var executionRows: ExecutionRows { ExecutionRows(execution, taskRuns: taskRuns) }

    /// Goes on with changed rows, as another execution where they say so.
    fileprivate func goOn(_ changed: ExecutionRows) throws -> Bench {
        let other = Bench(flow)
        other.take(changed)
        return other.settle()
    }
}

@Suite struct `Restarts, replays and marks` {
    @Test func `a restart goes on where it failed`() throws {
        let bench = try Bench(
            list(
                "tasks", step("a"),
                flow(
                    "Sequential", "s",
                    list("tasks", step("b"), step("c", "{{ taskrun.attemptsCount == 1 ? 'ok' : ko }}"))), step("d"))
                + "\n" + list("errors", step("e"))
        ).run()
        #expect(bench.execution.state.current == .failed && bench.taskRuns.count == 5)
        let rows = try bench.executionRows.restarted(with: bench.flow, at: bench.now)
        #expect(
            Bench.words(rows.execution.state) == "CREATED RUNNING FAILED RESTARTED" && rows.execution.parentID == nil)
        #expect(
            rows.taskRuns.map(\.state.current) == [.success, .running, .success, .restarted] && rows.removed == [4])
        let after = try bench.goOn(rows)
        #expect(
            after.history == "CREATED RUNNING FAILED RESTARTED RUNNING SUCCESS"
                && after.taskRuns.map(\.taskID) == ["a", "s", "b", "c", "d"])
        #expect(
            after.run(of: "c")?.attempts.count == 2 && after.run(of: "d")?.number == 5, "numbers are never used again")
        #expect(throws: OperationRefusal.unprocessable("No task found to restart execution from!")) {
            try after.executionRows.restarted(with: after.flow, at: after.now)
        }
    }

    @Test func `what runs cannot be restarted`() throws {
        let bench = try Bench(list("tasks", work("a")))
        bench.holdsWork = true
        bench.run()
        #expect(throws: OperationRefusal.self) { try bench.executionRows.restarted(with: bench.flow, at: bench.now) }
    }

    /// Source: engine spec §8.3, the table.
    @Test(arguments: [
        ("1-2_each", "s1", 5), ("1-2-1_return", "a a", 6), ("2_return", nil, 23), ("1-1_return", "s3", 16),
    ])
    func `a replay keeps what came before`(id: String, value: String?, left: Int) throws {
        let inner = flow(
            "EachSequential", "1-2_each", "value: [\"a a\", \"b b\"]",
            list(
                "tasks", step("1-2-1_return"),
                step("1-2-2_return", "{{ outputs['1-2-1_return'].s1[taskrun.value].value }}")))
        let outer = flow(
            "EachSequential", "1_each", "value: [s1, s2, s3]",
            list("tasks", step("1-1_return"), inner, step("1-3_return")))
        let bench = try Bench(list("tasks", outer, step("2_return"))).run()
        #expect(bench.taskRuns.count == 23)
        let target = try #require(bench.run(of: id, value: value)).number
        let rows = try bench.executionRows.replayed(from: target, with: bench.flow, as: newID, at: bench.now)
        #expect(
            rows.taskRuns.count == left && rows.execution.id == newID && rows.execution.parentID == bench.execution.id)
        #expect(
            rows.execution.originalID == bench.execution.id && rows.execution.attemptNumber == 2
                && rows.execution.state.current == .restarted)
        let after = try bench.goOn(rows)
        #expect(after.execution.state.current == .success && after.taskRuns.count == 23)
    }

    @Test func `a replay leaves what runs beside`() throws {
        let each = flow(
            "EachParallel", "e", "value: [v1, v2, v3]",
            list("tasks", flow("Sequential", "s", list("tasks", step("a"), step("b")))))
        let bench = try Bench(list("tasks", each, step("z"))).run()
        let target = try #require(bench.run(of: "s", value: "v1")).number
        let rows = try bench.executionRows.replayed(from: target, with: bench.flow, as: newID, at: bench.now)
        #expect(rows.taskRuns.count == 8)
        let after = try bench.goOn(rows)
        #expect(after.taskRuns.count == 11)
    }

    @Test func `a replay from the beginning is a fresh execution`() throws {
        let bench = try Bench(list("tasks", step("a")), labels: [Label(key: "k", value: "v")]).run()
        let rows = try bench.executionRows.replayed(from: nil, with: bench.flow, as: newID, at: bench.now)
        #expect(
            rows.taskRuns.isEmpty && Bench.words(rows.execution.state) == "CREATED" && rows.execution.labels.count == 1)
        #expect(throws: OperationRefusal.self) {
            try bench.executionRows.replayed(from: 99, with: bench.flow, as: newID, at: bench.now)
        }
    }

    @Test func `a task run marked as a success lets the rest run`() throws {
        let bench = try Bench(
            list("tasks", flow("Sequential", "s", list("tasks", fails("a"), step("b"))), step("c")) + "\n"
                + list("errors", step("e"))
        ).run()
        let rows = try bench.executionRows.marked(1, as: .success, with: bench.flow, at: bench.now)
        #expect(
            rows.execution.state.current == .restarted && rows.taskRuns.map(\.state.current) == [.running, .success])
        let after = try bench.goOn(rows)
        #expect(after.execution.state.current == .success && after.taskRuns.map(\.taskID) == ["s", "a", "b", "c"])
    }

    @Test func `only an ended execution is given another end`() throws {
        let bench = try Bench(list("tasks", step("a"))).run()
        let concluded = try bench.executionRows.concluded(as: .warning, at: bench.now)
        #expect(concluded.execution.state.current == .warning)
        #expect(throws: OperationRefusal.self) { try bench.executionRows.concluded(as: .running, at: bench.now) }
    }
}
