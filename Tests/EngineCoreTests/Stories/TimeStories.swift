import Expressions
import FlowModel
import OrderedCollections
import Synchronization
import TaskKit
import Testing

@testable import EngineCore

@Suite struct `The time that renderings take` {
    private static let start = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func `is the duration of a task that runs in place`() throws {
        let state = try ran(list("tasks", step("a"), step("slow", "{{ secret('800') }}"), step("b")), from: Self.start)
        let runs = state.taskRuns
        #expect(state.execution.state.current == .success)
        #expect(runs.map { time($0.state) } == [0, 800, 0])
        #expect(time(runs[1].attempts[0].state) == 800)
        #expect(runs[2].state.startDate == Self.start.advanced(by: .milliseconds(800)))
        #expect(time(state.execution.state) == 800)
    }

    @Test func `is the duration of an action of the engine`() throws {
        let labels =
            "{ id: l, type: io.kestra.plugin.core.execution.Labels, labels: { took: \"{{ secret('800') }}\" } }"
        let state = try ran(list("tasks", labels), from: Self.start)
        #expect(state.taskRuns.map { time($0.state) } == [800])
    }

    @Test func `counts for nothing when the clock goes back`() throws {
        let state = try ran(list("tasks", step("a", "{{ secret('-5000') }}"), step("b")), from: Self.start)
        #expect(state.taskRuns.map(\.state.startDate) == [Self.start, Self.start])
        #expect(time(state.execution.state) == 0)
    }

    /// Milliseconds from the first state to the last one, which is a final one.
    private func time(_ history: StateHistory) -> Int64? {
        history.endDate.map { $0.milliseconds - history.startDate.milliseconds }
    }

    private func ran(_ tasks: String, from now: Timestamp) throws -> ExecutionState {
        let flow = try TestCatalogue.flow(tasks)
        var state = ExecutionState(
            Execution(
                id: ExecutionID(high: 5, low: 6), namespace: "tests", flowID: flow.flow.id, flowRevision: 1,
                createdAt: now))
        let surroundings = Surroundings(world: SlowWorld(from: now))
        _ = state.apply(.created(running: 0), at: now, to: flow, with: surroundings)
        #expect(state.isFinished)
        return state
    }
}

/// A world in which finding a secret takes as many milliseconds as its name says.
private final class SlowWorld: World {
    private let clock: Mutex<Timestamp>

    init(from start: Timestamp) { clock = Mutex(start) }

    var now: Instant { Instant(clock.withLock { $0 }) }
    var timeZone: Zone { .utc }
    func random() -> UInt64 { 4 }

    func secret(_ name: String, namespace: String?) throws(ExpressionError) -> String {
        clock.withLock { $0.milliseconds += Int64(name) ?? 0 }
        return name
    }
}
