import FlowModel
import TaskKit

extension ExecutionState {
    /// Closes the running attempt and decides what becomes of the task run: another attempt or its end.
    mutating func close(_ number: Int, _ task: CompiledTask, _ result: TaskResult, _ step: inout Step) {
        if let failure = result.failure { log(.error, failure, taskRun: number, &step) }
        let reported = result.state.isTerminated ? result.state : .failed
        closeAttempt(number, reported, logFile: result.logFile, &step)
        for metric in result.metrics { step.decision.metrics.append((number, metric)) }
        setOutputs(result.outputs ?? [:], of: number, &step)
        guard mayProgress(number) else {
            set(task.tolerated(reported), of: number, &step)
            return settleKilled(number, &step)
        }
        var state = reported
        if state == .failed, retry(number, task, &step) { return }
        if state == .success, let policy = task.retry, policy.warningOnRetry, runs[number].run.attempts.count > 1 {
            state = .warning
        }
        end(number, task.tolerated(state), &step)
    }

    mutating func closeAttempt(_ number: Int, _ state: State, logFile: String? = nil, _ step: inout Step) {
        let last = runs[number].run.attempts.count - 1
        guard last >= 0, !runs[number].run.attempts[last].state.current.isTerminated else { return }
        runs[number].run.attempts[last].state.set(state, at: step.now)
        if let logFile { runs[number].run.attempts[last].logFile = logFile }
        note(number, &step)
    }

    /// Ends a task run and tells its owner.
    mutating func end(_ number: Int, _ state: State, _ step: inout Step) {
        runs[number].due = nil
        set(state, of: number, &step)
        guard mayProgress(number) else { return }
        let owner = runs[number].run.parent ?? Self.top
        switch runs[number].role {
        case .tasks: owners[owner]?.ended(state, lane: runs[number].lane, position: runs[number].position)
        case .errors, .finally, .listeners, .afterExecution: owners[owner]?.handlerIsLive = false
        case .onPause: return
        }
        look(at: owner)
    }

    // MARK: - Owners

    /// Starts whatever an owner may start, and ends it when all has ended. Source: engine spec §3.4, §3.6, Appendix A,
    /// since-0.20 §1.1.
    mutating func advance(_ id: Int, _ step: inout Step) {
        guard owners[id] != nil else { return }
        owners[id]?.isQueued = false
        guard id == Self.top || (runs.contains(id) && runs[id].run.state.current.isRunning && mayProgress(id)) else {
            return
        }
        while let phase = owners[id]?.phase {
            switch phase {
            case .tasks:
                switch owners[id]?.move {
                case .handleFailure: owners[id]?.begin(.errors)
                case .allEnded:
                    if id != Self.top, goesRound(id, &step) { return }
                    owners[id]?.begin(.finally)
                case .startChildren, nil: return startTasks(of: id, &step)
                }
            case .errors, .finally:
                let list = handlers(of: id, phase, step.flow)
                if startHandler(of: id, from: list, &step) { return }
                owners[id]?.begin(phase == .errors ? .finally : .over)
            case .listeners, .afterExecution: return advanceAfter(phase, &step)
            case .over: return id == Self.top ? endOfTasks(&step) : leave(id, &step)
            }
        }
    }

    private func handlers(of id: Int, _ phase: Owner.Phase, _ flow: CompiledFlow) -> [Int] {
        if id == Self.top { return phase == .errors ? flow.topErrors : flow.topFinally }
        guard let place = runs[id].task else { return [] }
        return phase == .errors ? flow.tasks[place].errors : flow.tasks[place].finally
    }

    /// Starts the next task of a list that is gone through one by one, whatever becomes of each.
    /// - Returns: whether one runs now.
    mutating func startHandler(of id: Int, from list: [Int], _ step: inout Step) -> Bool {
        guard var owner = owners[id] else { return false }
        if owner.handlerIsLive { return true }
        guard owner.handlerPosition < list.count else { return false }
        let task = step.flow.tasks[list[owner.handlerPosition]]
        owner.handlerPosition += 1
        owner.handlerIsLive = true
        owners[id] = owner
        create(task, parent: id == Self.top ? nil : id, role: task.role, &step)
        return true
    }

    /// Starts children until the limit is reached, nothing is ready, or the budget is spent.
    private mutating func startTasks(of id: Int, _ step: inout Step) {
        let parent = id == Self.top ? nil : id
        let round = parent.flatMap { runs[$0].run.iteration }
        while true {
            if step.budget <= 0 { return look(at: id) }
            guard let child = owners[id]?.startChild() else { return }
            create(
                step.flow.tasks[child.task], parent: parent, value: child.value, iteration: child.iteration ?? round,
                role: .tasks, lane: child.lane, position: child.position, &step)
        }
    }
}
