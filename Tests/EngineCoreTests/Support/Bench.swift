import Expressions
import FlowModel
import OrderedCollections
import TaskKit
import Testing

@testable import EngineCore

/// A runtime of one thread for tests: it carries out commands in their order, keeps the rows that steps give out, and lets
/// time pass only when nothing else is left to do.
final class Bench {
    let flow: CompiledFlow
    var state: ExecutionState
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    private(set) var execution: Execution
    private(set) var rows: [Int: TaskRun] = [:]
    private(set) var logs: [LogEntry] = []
    private(set) var commands: [Command] = []
    private(set) var timers: Set<EngineTimer> = []
    private(set) var ended: [State] = []
    private(set) var finished = 0
    private(set) var stopped: [Int] = []
    private(set) var replacements: [Execution] = []
    private(set) var subflows: [SubflowRequest] = []
    private(set) var killsChildren = false
    var budget = 500
    /// How an attempt at a runnable task ends; by default as its property `result` says.
    var work: (TaskOrder) -> TaskResult?
    /// How another execution ends; nil while it runs on.
    var subflow: (SubflowRequest) -> SubflowEnd? = { SubflowEnd(child: $0.child, state: .success, outputs: nil) }
    /// Orders for workers that were given out while ``holdsWork``.
    private(set) var held: [(number: Int, attempt: Int)] = []
    var holdsWork = false

    init(_ flow: CompiledFlow, inputs: ValueMap? = nil, labels: [Label] = [], variables: ValueMap = [:]) {
        self.flow = flow
        var execution = Execution(
            id: ExecutionID(at: now, sequence: 1, random: 0x1234_5678_9ABC_DEF0), namespace: flow.flow.namespace,
            flowID: flow.flow.id, flowRevision: 1, createdAt: now)
        execution.inputs = inputs
        execution.labels = labels
        execution.variables = variables
        self.execution = execution
        state = ExecutionState(execution)
        work = { order in
            let scope = Scope(variables: order.variables)
            guard
                let task = try? PropertyReader.make(
                    WorkTask.self, sources: order.task.sources, names: order.task.kind.propertyNames, in: scope)
            else { return TaskResult(.failed, failure: "not renderable") }
            let state = State(rawValue: task.result) ?? .failed
            return TaskResult(
                state, outputs: task.say.map { ["said": .string($0)] }, failure: state == .failed ? "It failed." : nil)
        }
    }

    convenience init(_ yaml: String, inputs: ValueMap? = nil, labels: [Label] = []) throws {
        self.init(try TestCatalogue.flow(yaml), inputs: inputs, labels: labels)
    }

    var surroundings: Surroundings {
        let lines = logs.filter { $0.level == .error }.map { state.line(of: $0, flow) }
        return Surroundings(world: BenchWorld(now: Instant(now), errors: lines), budget: budget)
    }

    /// Goes on from rows, as after a restart of the server.
    func take(_ changed: ExecutionRows) {
        (execution, rows) = (changed.execution, [:])
        for run in changed.taskRuns { rows[run.number] = run }
        let restored = ExecutionState.restored(
            changed.execution, taskRuns: changed.taskRuns, nextNumber: changed.nextNumber, of: flow, at: now,
            with: surroundings)
        state = restored.state
        absorb(restored.decision)
    }

    // MARK: - Events

    @discardableResult
    func send(_ event: Event) -> Decision {
        let decision = state.apply(event, at: now, to: flow, with: surroundings)
        absorb(decision)
        return decision
    }

    func absorb(_ decision: Decision) {
        execution = decision.executionChanged ? state.execution : execution
        for number in decision.removed { rows[number] = nil }
        for number in decision.changed { if let run = state.taskRun(number) { rows[number] = run } }
        logs += decision.logs
        commands += decision.commands
        #expect(Set(rows.keys) == Set(state.taskRunNumbers), "the rows are those of the state")
    }

    /// Begins, and goes on until nothing moves by itself any more.
    @discardableResult
    func run(waiting: Bool = true) -> Bench {
        send(.created(running: 0))
        return settle(waiting: waiting)
    }

    /// Carries out commands; with `waiting` lets time pass to each timer.
    @discardableResult
    func settle(waiting: Bool = true) -> Bench {
        for _ in 0..<200_000 {
            if !commands.isEmpty {
                carryOut(commands.removeFirst())
            } else if waiting, let timer = timers.min(by: { $0.at < $1.at }) {
                fire(timer)
            } else {
                return self
            }
        }
        Issue.record("the execution does not come to rest")
        return self
    }

    func fire(_ timer: EngineTimer) {
        timers.remove(timer)
        now = max(now, timer.at)
        send(timer.kind == .schedule ? .created(running: 0) : .timerFired(timer))
    }

    /// Lets a held order end.
    func release(_ number: Int, _ result: TaskResult) {
        guard let place = held.firstIndex(where: { $0.number == number }) else { return }
        let attempt = held.remove(at: place).attempt
        send(.taskEnded(number, attempt: attempt, result))
    }

    private func carryOut(_ command: Command) {
        switch command {
        case .run(let number, let attempt, _):
            guard let order = state.order(number, of: flow, with: surroundings) else { return }
            now.milliseconds += 1
            send(.taskStarted(number, attempt: attempt))
            if holdsWork { return held.append((number, attempt)) }
            now.milliseconds += 1
            if let result = work(order) { send(.taskEnded(number, attempt: attempt, result)) }
        case .startSubflow(let request):
            subflows.append(request)
            send(.subflowStarted(request.taskRun, attempt: request.attempt))
            if let end = subflow(request) { send(.subflowEnded(end)) }
        case .wake(let timer): timers.insert(timer)
        case .cancelWake(let timer): timers.remove(timer)
        case .stop(let number, let attempt):
            stopped.append(number)
            held.removeAll { $0.number == number }
            send(.taskEnded(number, attempt: attempt, TaskResult(.killed)))
        case .killChildren: killsChildren = true
        case .startReplacement(let execution): replacements.append(execution)
        case .proceed: send(.proceeded)
        case .ended(let state): ended.append(state)
        case .finished: finished += 1
        }
    }

    // MARK: - Looking

    /// The task runs of the rows, in the order of creation.
    var taskRuns: [TaskRun] { rows.values.sorted { $0.number < $1.number } }

    func run(of id: String, value: String? = nil) -> TaskRun? {
        taskRuns.first { $0.taskID == id && (value == nil || $0.value == value) }
    }

    /// The states of a task's first run, as `CREATED RUNNING SUCCESS`.
    func history(of id: String) -> String { run(of: id).map { Self.words($0.state) } ?? "none" }
    var history: String { Self.words(execution.state) }
    static func words(_ history: StateHistory) -> String {
        history.entries.map(\.state.rawValue).joined(separator: " ")
    }

    func output(_ id: String, _ name: String = "value") -> Value? { run(of: id)?.outputs?[name] }
}

/// A world with a clock and an error log.
struct BenchWorld: World {
    var now: Instant
    var errors: [Value]
    func random() -> UInt64 { 4 }
    func errorLogs() throws(ExpressionError) -> [Value] { errors }
}
