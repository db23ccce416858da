import Expressions
import FlowModel
import OrderedCollections
import TaskKit
import Testing

@testable import EngineCore

/// A server that is unlucky: results come late, twice or never, and it crashes before and after its saves. Everything is
/// by chance, and the same for the same seed.
struct Simulator {
    let flow: CompiledFlow
    private var chance: Chance
    private var now = Timestamp(milliseconds: 1_700_000_000_000)

    /// What is on disk.
    private var execution: Execution
    private var rows: [Int: TaskRun] = [:]
    private var finished = false
    private var subflows: [ExecutionID: State] = [:]

    /// What is in memory, and gone after a crash.
    private var state: ExecutionState
    private var commands: [Command] = []
    private var timers: [EngineTimer] = []
    /// Attempts on workers, each with whether it has begun.
    private var workers: [(number: Int, attempt: Int, begun: Bool)] = []
    private var told: [Event] = []

    private(set) var steps = 0
    private(set) var crashes = 0
    private let unluck: Int
    private let seed: Int
    /// At which step somebody kills the execution; nil for nobody.
    private var killAt: Int?
    private(set) var wasKilled = false

    init(_ flow: CompiledFlow, seed: Int, unluck: Int, kills: Bool = false) {
        self.flow = flow
        self.unluck = unluck
        self.seed = seed
        chance = Chance(seed &* 31 &+ 7)
        execution = Execution(
            id: ExecutionID(at: now, sequence: UInt32(seed & 0xFFFF), random: chance.next()), namespace: "tests",
            flowID: "random",
            flowRevision: 1, createdAt: now)
        state = ExecutionState(execution)
        if kills { killAt = 1 + chance.below(6) }
    }

    private var surroundings: Surroundings { Surroundings(world: NoWorld(now: Instant(now)), budget: chanceFreeBudget) }
    private var chanceFreeBudget: Int { unluck == 0 ? 500 : 3 + steps % 7 }

    // MARK: - The course of things

    mutating func run() {
        apply(.created(running: 0))
        while !state.isFinished, steps < 20_000 {
            if let moment = killAt, steps >= moment, !state.isFinished {
                // Told twice now and then, as events may be.
                if chance.happens(70) { killAt = nil }
                wasKilled = wasKilled || !execution.state.current.isTerminated
                apply(.killRequested(cascade: chance.happens(50)))
            } else if chance.below(1000) < unluck {
                crash()
            } else if !commands.isEmpty, chance.happens(70) {
                carryOut(commands.remove(at: unluck == 0 ? 0 : chance.below(commands.count)))
            } else if !workers.isEmpty, chance.happens(60) {
                moveWorker(chance.below(workers.count))
            } else if chance.below(1000) < unluck, !told.isEmpty {
                apply(chance.pick(told))
            } else if commands.isEmpty, workers.isEmpty {
                guard let next = timers.min(by: { $0.at < $1.at }) else { break }
                fire(next)
            } else if !timers.isEmpty, chance.below(1000) < unluck {
                // A timer that is too early.
                apply(.timerFired(chance.pick(timers)))
            }
        }
    }

    private mutating func fire(_ timer: EngineTimer) {
        timers.removeAll { $0 == timer }
        now = max(now, timer.at)
        apply(timer.kind == .schedule ? .created(running: 0) : .timerFired(timer))
    }

    private mutating func apply(_ event: Event) {
        steps += 1
        now.milliseconds += 1
        let decision = state.apply(event, at: now, to: flow, with: surroundings)
        told.append(event)
        if told.count > 20 { told.removeFirst() }
        save(decision)
    }

    private mutating func save(_ decision: Decision) {
        if chance.below(1000) < unluck { return crash() }
        if decision.executionChanged { execution = state.execution }
        for number in decision.removed { rows[number] = nil }
        for number in decision.changed { if let run = state.taskRun(number) { rows[number] = run } }
        finished = state.isFinished
        #expect(rows.keys.sorted() == state.taskRunNumbers)
        let isKilled = execution.state.current == .killing || execution.state.current == .killed
        if !state.hasMoreToDo, !state.isHeld, !isKilled, steps % 3 == 0 {
            let complaints = Oracle(flow, execution, Array(rows.values)).complaints
            #expect(complaints.isEmpty, "seed \(seed), step \(steps)")
        }
        if chance.below(1000) < unluck { return crash() }
        commands += decision.commands
    }

    /// All memory is lost; the rows are read, and what they say is ordered again.
    private mutating func crash() {
        crashes += 1
        (commands, timers, workers) = ([], [], [])
        now.milliseconds += 1000
        let restored = ExecutionState.restored(
            execution, taskRuns: rows.values.shuffled(by: &chance), finished: finished, of: flow, at: now,
            with: surroundings)
        state = restored.state
        if execution.state.current == .created { commands.append(.proceed) }
        save(restored.decision)
    }

    private mutating func carryOut(_ command: Command) {
        switch command {
        case .run(let number, let attempt, _):
            if !workers.contains(where: { $0.number == number && $0.attempt == attempt }) {
                workers.append((number, attempt, false))
            }
        case .startSubflow(let request):
            let isNew = subflows[request.child] == nil
            if isNew, execution.state.current == .killing || execution.state.current.isTerminated {
                return apply(.subflowRefused(request.taskRun, attempt: request.attempt, "It was killed"))
            }
            if isNew, chance.happens(10) {
                return apply(.subflowRefused(request.taskRun, attempt: request.attempt, "no such flow"))
            }
            if isNew { subflows[request.child] = chance.happens(75) ? .success : .failed }
            apply(.subflowStarted(request.taskRun, attempt: request.attempt))
            guard let end = subflows[request.child] else { return }
            apply(.subflowEnded(SubflowEnd(child: request.child, state: end, outputs: nil)))
        case .wake(let timer): if !timers.contains(timer) { timers.append(timer) }
        case .cancelWake(let timer): timers.removeAll { $0 == timer }
        case .stop(let number, let attempt):
            guard let place = workers.firstIndex(where: { $0.number == number && $0.attempt == attempt }) else {
                return
            }
            let job = workers.remove(at: place)
            // What has begun is interrupted, and tells its end.
            if job.begun { apply(.taskEnded(number, attempt: attempt, TaskResult(.killed))) }
        case .proceed: apply(execution.state.current == .created ? .created(running: 0) : .proceeded)
        case .killChildren, .startReplacement, .ended, .finished: break
        }
    }

    private mutating func moveWorker(_ place: Int) {
        let job = workers[place]
        if !job.begun, chance.happens(80) {
            workers[place].begun = true
            return apply(.taskStarted(job.number, attempt: job.attempt))
        }
        workers.remove(at: place)
        if job.begun, chance.below(1000) < unluck * 3 { return apply(.taskLost(job.number, attempt: job.attempt)) }
        let result = chance.pick([State.success, .success, .success, .success, .success, .warning, .failed])
        apply(.taskEnded(job.number, attempt: job.attempt, TaskResult(result, outputs: ["n": .int(Int64(job.number))])))
    }

    // MARK: - What must hold

    func check(_ seed: Int) {
        #expect(
            state.isFinished && execution.state.current.isTerminated,
            "seed \(seed): \(execution.state.current) after \(steps) steps")
        for run in rows.values {
            let ends = run.state.entries.count { $0.state.isTerminated }
            #expect(ends <= 1, "seed \(seed): task run \(run.number) ended twice: \(Bench.words(run.state))")
            let openBefore = run.attempts.dropLast().contains { !$0.state.current.isTerminated }
            let successes = run.attempts.count { $0.state.current == .success }
            let isInOrder = zip(run.state.entries, run.state.entries.dropFirst()).allSatisfy { $0.at <= $1.at }
            #expect(!openBefore && successes <= 1 && isInOrder, "seed \(seed): task run \(run.number)")
        }
        if wasKilled, execution.state.current == .killed {
            let open = rows.values.filter { !$0.state.current.isTerminated }.map(\.number)
            #expect(
                open.isEmpty,
                "seed \(seed): \(execution.state.current), left open by a kill: \(open.sorted()), \(open.map { rows[$0].map { Bench.words($0.state) } ?? "" })"
            )
        }
        let again = ExecutionState.restored(
            execution, taskRuns: Array(rows.values), finished: true, of: flow, at: now, with: surroundings)
        #expect(again.decision.isEmpty, "seed \(seed)")
        #expect(Self.sorted(again.state.outputs.value) == Self.sorted(state.outputs.value), "seed \(seed)")
    }

    /// Maps in the order of their keys, for comparing.
    private static func sorted(_ value: Value) -> Value {
        guard case .map(let members) = value else { return value }
        return .map(
            ValueMap(uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }))
    }
}

extension Collection {
    fileprivate func shuffled(by chance: inout Chance) -> [Element] {
        var items = Array(self)
        for place in items.indices.reversed() { items.swapAt(place, chance.below(place + 1)) }
        return items
    }
}
