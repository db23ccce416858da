import Expressions
import FlowModel
import TaskKit

extension ExecutionState {
    /// Adds a task run in state CREATED and queues its dispatch.
    mutating func create(
        _ task: CompiledTask, parent: Int?, value: String? = nil, iteration: Int? = nil, role: CompiledTask.Role,
        lane: Int = 0, position: Int = 0, _ step: inout Step
    ) {
        let number = runs.nextNumber
        let run = TaskRun(
            number: number, taskID: task.task.id, parent: parent, value: value, iteration: iteration,
            state: .roomy(.created, at: step.now))
        let isAfter = role == .listeners || role == .afterExecution || parent.map { runs[$0].isAfter } ?? false
        runs.append(
            RunEntry(run: run, task: task.index, role: role, isAfter: isAfter, lane: lane, position: position))
        note(number, &step)
        noteRound(of: number, step.flow)
        if step.flow.watchesStates { states.set(.string(State.created.rawValue), at: statePath(of: number)) }
        queue.append(.dispatch(number))
        step.budget -= 1
    }

    /// Gives a created task run to whoever does its work. Source: engine spec §3.3 (11), §5.1.
    mutating func dispatch(_ number: Int, _ step: inout Step) {
        guard runs.contains(number), runs[number].run.state.current.isCreated, mayProgress(number),
            let place = runs[number].task
        else { return }
        step.budget -= 1
        let task = step.flow.tasks[place]
        if let failure = task.broken { return refuse(number, failure, task, &step) }
        switch runsIf(number, task, step) {
        case .success(true): break
        case .success(false): return end(number, .skipped, &step)
        case .failure(let failure): return refuse(number, failure, task, &step)
        }
        switch task.kind.work {
        case .runnable: send(number, task, &step)
        case .instant(let type): runInstant(type, number, task, &step)
        case .flowable: enter(number, task, &step)
        case .engine: act(number, task, &step)
        }
    }

    private func runsIf(_ number: Int, _ task: CompiledTask, _ step: Step) -> Result<Bool, TaskFailure> {
        guard let runIf = task.runIf else { return .success(true) }
        do throws(ExpressionError) {
            return .success(Truth.isTruthyText(try runIf.text(in: scope(of: number, task, step))))
        } catch {
            return .failure(TaskFailure(error, property: task.task.runIf == nil ? nil : "runIf"))
        }
    }

    /// Fails a task run that no attempt was made at.
    mutating func refuse(_ number: Int, _ failure: TaskFailure, _ task: CompiledTask, _ step: inout Step) {
        log(.error, step.told(failure, task), taskRun: number, &step)
        end(number, task.tolerated(.failed), &step)
    }

    // MARK: - Workers

    private mutating func send(_ number: Int, _ task: CompiledTask, _ step: inout Step) {
        do throws(TaskFailure) {
            let timeout = try task.timeout.duration(named: "timeout", in: { scope(of: number, task, step) })
            step.order(.run(number, attempt: runs[number].run.attempts.count, timeout: timeout))
        } catch {
            refuse(number, error, task, &step)
        }
    }

    /// Whether an event tells of the attempt that the run waits for: dispatched, or under way.
    private func expects(_ number: Int, attempt: Int) -> Bool {
        guard runs.contains(number) else { return false }
        let run = runs[number].run
        if run.state.current.isCreated { return attempt == run.attempts.count }
        return run.state.current.isRunning && attempt == run.attempts.count - 1
            && run.attempts[attempt].state.current == .running
    }

    mutating func started(_ number: Int, attempt: Int, _ step: inout Step) {
        guard expects(number, attempt: attempt), runs[number].run.state.current.isCreated, mayProgress(number) else {
            return
        }
        openAttempt(number, &step)
    }

    mutating func openAttempt(_ number: Int, _ step: inout Step) {
        var history = StateHistory.roomy(.created, at: step.now)
        history.set(.running, at: step.now)
        runs[number].run.attempts.append(Attempt(state: history))
        set(.running, of: number, &step)
    }

    mutating func ended(_ number: Int, attempt: Int, _ result: TaskResult, _ step: inout Step) {
        guard expects(number, attempt: attempt), let place = runs[number].task else { return }
        if runs[number].run.state.current.isCreated {
            guard mayProgress(number) else { return }
            openAttempt(number, &step)
        }
        close(number, step.flow.tasks[place], result, &step)
    }

    mutating func lost(_ number: Int, attempt: Int, _ step: inout Step) {
        guard expects(number, attempt: attempt), runs[number].run.state.current.isRunning else { return }
        closeAttempt(number, .killed, &step)
        guard mayProgress(number) else { return settleKilled(number, &step) }
        set(.created, of: number, &step)
        queue.append(.dispatch(number))
    }

    // MARK: - In place

    /// Runs a task without outside effects. Source: DESIGN, "run to quiescence".
    private mutating func runInstant(
        _ type: any InstantTask.Type, _ number: Int, _ task: CompiledTask, _ step: inout Step
    ) {
        openAttempt(number, &step)
        let outcome = evaluate(type, number, task, step)
        step.catchUp()
        for line in outcome.logs { log(line.level, line.message, taskRun: number, &step) }
        close(number, task, outcome.result, &step)
    }

    /// Nothing of the state is held when it returns.
    private func evaluate<Instant: InstantTask>(
        _ type: Instant.Type, _ number: Int, _ task: CompiledTask, _ step: Step
    ) -> (result: TaskResult, logs: [(level: LogLevel, message: String)]) {
        var context = InstantContext(scope: scope(of: number, task, step), now: step.now)
        do throws(TaskFailure) {
            let made = try PropertyReader.make(
                type, sources: task.sources, names: task.kind.propertyNames, in: context.scope)
            return (TaskResult(.success, outputs: try made.run(&context).values), context.logs)
        } catch {
            return (TaskResult(.failed, outputs: error.outputs, failure: step.told(error, task)), context.logs)
        }
    }
}

extension StateHistory {
    /// With room for the states that most things have.
    static func roomy(_ state: State, at now: Timestamp) -> StateHistory {
        var entries: [Entry] = []
        entries.reserveCapacity(4)
        entries.append(Entry(state, at: now))
        return StateHistory(entries: entries)
    }
}

extension CompiledTask {
    /// What becomes of a state by `allowFailure` and `allowWarning`. Source: engine spec §5.4.
    func tolerated(_ state: State) -> State {
        var state = state
        if state == .failed, task.allowFailure { state = .warning }
        if state == .warning, task.allowWarning { state = .success }
        return state
    }
}

extension PropertySource {
    /// A length of time, rendered; nil for none.
    func duration(named name: String, in scope: () -> Scope) throws(TaskFailure) -> ISODuration? {
        let value: Value
        do throws(ExpressionError) {
            switch self {
            case .missing: return nil
            case .constant(let constant): value = constant
            case .template(let template, _): value = .string(try template.text(in: scope()))
            case .structure(let structure): value = structure
            }
        } catch {
            throw TaskFailure(error, property: name)
        }
        do throws(PropertyProblem) {
            return try ISODuration(property: value)
        } catch {
            throw TaskFailure.property(name, error.what, fix: error.fix)
        }
    }
}
