import FlowModel
import OrderedCollections
import Testing

@testable import EngineCore

/// What a step costs must not grow with the task runs that are there already.
@Suite(.serialized) struct Costs {
    /// The nanoseconds per task run of an iteration over so many values, the best of some tries.
    private func cost(_ values: Int, _ task: String, concurrency: Int, tries: Int = 3) throws -> Double {
        let flow = try TestCatalogue.flow(
            list(
                "tasks",
                EngineCoreTests.flow(
                    "ForEach", "f", "concurrencyLimit: \(concurrency)", "values: \"{{ range(1, \(values)) }}\"",
                    list("tasks", task))))
        var best = Double.infinity
        for _ in 0..<tries {
            let course = Course(flow)
            let time = ContinuousClock().measure { course.run() }
            #expect(course.state.isFinished && course.state.taskRunCount == values + 1)
            best = min(best, time / .nanoseconds(1) / Double(values + 1))
        }
        return best
    }

    @Test(arguments: [
        (step("x", "{{ taskrun.value }}"), 1), (step("x", "{{ taskrun.value }}"), 0),
        (step("x", "{{ outputs.x['1'].value ?? '' }}"), 8),
        (work("w", "SUCCESS", "say: \"{{ taskrun.value }}\""), 0), (work("w"), 5),
    ])
    func `grow with the task runs, not with their square`(task: String, concurrency: Int) throws {
        let (few, many) = (
            try cost(200, task, concurrency: concurrency), try cost(4000, task, concurrency: concurrency)
        )
        #expect(many < few * 10, "\(few) ns each for 200, \(many) ns each for 4000")
    }
}

/// A runtime that does nothing but what it must: for measures.
final class Course {
    let flow: CompiledFlow
    var state: ExecutionState
    private var now = Timestamp(milliseconds: 1_700_000_000_000)
    private var commands: [Command] = []
    private let surroundings = Surroundings(world: BenchWorld(now: Instant(seconds: 1_700_000_000), errors: []))
    private(set) var saved = 0

    init(_ flow: CompiledFlow) {
        self.flow = flow
        state = ExecutionState(
            Execution(
                id: ExecutionID(high: 5, low: 6), namespace: "tests", flowID: flow.flow.id, flowRevision: 1,
                createdAt: now))
    }

    func run() {
        take(.created(running: 0))
        while let command = commands.popLast() {
            now.milliseconds += 1
            switch command {
            case .run(let number, let attempt, _):
                guard let order = state.order(number, of: flow, with: surroundings) else { continue }
                take(.taskStarted(number, attempt: attempt))
                take(.taskEnded(order.identity.taskRun, attempt: attempt, TaskResult(.success, outputs: ["a": 1])))
            case .proceed: take(.proceeded)
            default: continue
            }
        }
    }

    private func take(_ event: Event) {
        let decision = state.apply(event, at: now, to: flow, with: surroundings)
        saved += decision.changed.count
        commands += decision.commands
    }
}
