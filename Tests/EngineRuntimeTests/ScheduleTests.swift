import EngineCore
import FlowModel
import Storage
import Testing

@testable import EngineRuntime

struct ScheduleTests {
    private static let key = TriggerKey(FlowKey("test", "timed"), "hourly")

    /// Waits at a gate, once an hour. The clock begins at noon.
    private static func flow(_ bench: Bench, more: String = "", text: String = "") -> String {
        """
        id: timed
        namespace: test
        description: "\(text)"
        tasks:
          - { id: wait, type: test.Wait, board: \(bench.name), gate: g }
        triggers:
          - { id: hourly, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *" \(more) }
        """
    }

    private static func executions(_ engine: Engine) async throws -> [Execution] {
        var query = ExecutionQuery()
        query.descending = false
        return try await engine.store.executions(query, PageRequest(size: 100)).items
    }

    private static func row(_ engine: Engine) async throws -> TriggerState {
        try #require(try await engine.store.trigger(key))
    }

    /// Whether so many executions are there, all ended, and the schedule waits for this moment.
    private static func rests(_ engine: Engine, _ count: Int, until next: Timestamp) async throws -> Bool {
        try await eventually {
            let all = try await executions(engine)
            let row = try await row(engine)
            return all.count == count && all.allSatisfy(\.state.current.isTerminated) && !row.isLocked
                && row.nextExecutionDate == next
        }
    }

    @Test func `what comes next is told; what was missed as well, as missed`() async throws {
        let bench = Bench()
        try await bench.run(Self.flow(bench)) { engine async throws in
            let next = bench.clock.now.advanced(by: .hours(1))
            #expect(try await engine.nextSchedules(5) == ["\(next.iso)  test.timed.hourly"])
        }
        let missed = bench.clock.now.advanced(by: .hours(1))
        bench.clock.advance(by: .minutes(150))
        try await bench.run { engine async throws in
            await bench.board.reached("began g")
            // The first of the two is run now, the second one after it.
            let second = missed.advanced(by: .hours(1))
            #expect(try await engine.nextSchedules(5) == ["now  test.timed.hourly, missed at \(second.iso)"])
            bench.board.open("g")
            let next = second.advanced(by: .hours(1))
            let isMadeUp = try await Self.rests(engine, 2, until: next)
            #expect(isMadeUp)
            #expect(try await engine.nextSchedules(5) == ["\(next.iso)  test.timed.hourly"])
        }
    }

    @Test func `it fires at its date, once while its execution runs, and the missed dates afterwards`() async throws {
        let bench = Bench()
        try await bench.run(Self.flow(bench)) { engine async throws in
            #expect(try await Self.executions(engine).isEmpty)
            bench.clock.advance(by: .minutes(59))
            #expect(try await Self.executions(engine).isEmpty)
            await bench.clock.sleepers(1)
            bench.clock.advance(by: .minutes(1))
            await bench.board.reached("began g")
            let first = try #require(try await Self.executions(engine).first)
            let row = try await Self.row(engine)
            #expect(row.executionID == first.id)
            #expect(row.date == bench.clock.now)
            #expect(row.nextExecutionDate == bench.clock.now.advanced(by: .hours(1)))
            bench.clock.advance(by: .hours(2))
            #expect(try await Self.executions(engine).count == 1)
            bench.board.open("g")
            #expect(try await Self.rests(engine, 3, until: bench.clock.now.advanced(by: .hours(1))))
        }
    }

    @Test(arguments: [("ALL", 3), ("LAST", 1), ("NONE", 0)])
    func `after a restart the missed dates run as the trigger says`(_ recovery: String, _ runs: Int) async throws {
        let bench = Bench()
        bench.board.open("g")
        try await bench.run(Self.flow(bench, more: ", recoverMissedSchedules: \(recovery)")) { _ in }
        bench.clock.advance(by: .minutes(210))
        try await bench.run { engine async throws in
            #expect(try await Self.rests(engine, runs, until: bench.clock.now.advanced(by: .minutes(30))))
        }
    }

    @Test func `a lock outlives a restart, and goes with its execution`() async throws {
        let bench = Bench()
        let first = try bench.open()
        _ = try await first.engine.save(flow: Self.flow(bench), expecting: .anything)
        first.go()
        _ = await first.engine.scheduler.loaded.wait()
        bench.clock.advance(by: .hours(1))
        await bench.board.reached("began g")
        await first.crash()

        bench.clock.advance(by: .hours(1))
        try await bench.run { engine async throws in
            await bench.board.reached("began g", 2)
            #expect(try await Self.executions(engine).count == 1)
            bench.board.open("g")
            #expect(try await Self.rests(engine, 2, until: bench.clock.now.advanced(by: .hours(1))))
        }
    }

    @Test func `disabled it rests, enabled it goes on`() async throws {
        let bench = Bench()
        bench.board.open("g")
        try await bench.run(Self.flow(bench, more: ", recoverMissedSchedules: NONE")) { engine async throws in
            #expect(try await engine.setDisabled(true, trigger: Self.key).disabled)
            bench.clock.advance(by: .hours(3))
            await engine.errands.finish()
            #expect(try await Self.executions(engine).isEmpty)
            #expect(try await Self.row(engine).disabled)
            let row = try await engine.setDisabled(false, trigger: Self.key)
            #expect(row.nextExecutionDate == bench.clock.now.advanced(by: .hours(1)))
            await bench.clock.sleepers(1)
            bench.clock.advance(by: .hours(1))
            await bench.board.reached("passed g")
        }
    }

    @Test func `a changed flow changes its schedule, a deleted one ends it`() async throws {
        let bench = Bench()
        bench.board.open("g")
        try await bench.run(Self.flow(bench)) { engine async throws in
            _ = try await engine.save(
                flow: Self.flow(bench, text: "two").replacing("0 * * * *", with: "30 * * * *"), expecting: .anything)
            #expect(try await Self.rests(engine, 0, until: bench.clock.now.advanced(by: .minutes(30))))
            await bench.clock.sleepers(1)
            bench.clock.advance(by: .minutes(30))
            #expect(try await Self.rests(engine, 1, until: bench.clock.now.advanced(by: .hours(1))))
            #expect(try await engine.deleteFlow(Self.key.flow))
            bench.clock.advance(by: .hours(5))
            await engine.errands.finish()
            #expect(try await Self.executions(engine).count == 1)
            #expect(try await engine.store.trigger(Self.key) == nil)
        }
    }
}
