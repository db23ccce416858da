import FlowModel

extension ExecutionState {
    /// Takes in an event, a fact in the past tense; gives out what changed and commands, each safe to carry out twice.
    ///
    /// Pure: no disk, no chance, nothing awaited. Tasks without outside effects are run in place, so one event may carry an
    /// execution to its end. Time comes in with the event; what such a task takes is added by the world's clock.
    /// Source: engine spec §3.3, Appendix A.
    /// - Parameter flow: the revision that the execution was created with.
    public mutating func apply(
        _ event: Event, at now: Timestamp, to flow: CompiledFlow, with surroundings: Surroundings
    ) -> Decision {
        var step = Step(flow, surroundings, now: now)
        self.step &+= 1
        take(event, &step)
        drain(&step)
        return step.decision
    }

    private mutating func take(_ event: Event, _ step: inout Step) {
        switch event {
        case .created(let running): start(running: running, &step)
        case .unqueued:
            if execution.state.current == .queued || execution.state.current == .created { begin(&step) }
        case .proceeded: break
        case .taskStarted(let number, let attempt): started(number, attempt: attempt, &step)
        case .taskEnded(let number, let attempt, let result): ended(number, attempt: attempt, result, &step)
        case .taskLost(let number, let attempt): lost(number, attempt: attempt, &step)
        case .subflowStarted(let number, let attempt): subflowStarted(number, attempt: attempt, &step)
        case .subflowMoved(let number, let attempt, let id): subflowMoved(number, attempt: attempt, to: id, &step)
        case .subflowRefused(let number, let attempt, let why):
            subflowRefused(number, attempt: attempt, because: why, &step)
        case .subflowEnded(let end): subflowEnded(end, &step)
        case .timerFired(let timer): wake(timer, &step)
        case .killRequested(let cascade): kill(cascade: cascade, &step)
        case .pauseRequested: pause(&step)
        case .resumed(let number, let inputs, let by): resume(number, inputs: inputs, by: by, &step)
        }
    }

    /// Does what is queued until nothing is left or the budget is spent.
    mutating func drain(_ step: inout Step) {
        while step.budget > 0, !isHeld, let item = queue.next() {
            switch item {
            case .dispatch(let number): dispatch(number, &step)
            case .advance(let owner): advance(owner, &step)
            }
        }
        if hasMoreToDo { step.order(.proceed) }
    }

    // MARK: - Start

    /// Source: engine spec §3.3 (1, 3), §8.9.
    private mutating func start(running: Int, _ step: inout Step) {
        guard execution.state.current == .created else { return }
        if let date = execution.scheduleDate, date > step.now {
            return step.order(.wake(EngineTimer(.schedule, taskRun: nil, at: date)))
        }
        if let concurrency = step.flow.flow.concurrency, running >= concurrency.limit {
            switch concurrency.behavior {
            case .queue: return set(.queued, &step)
            case .cancel: return conclude(.cancelled, &step)
            case .fail: return conclude(.failed, &step)
            }
        }
        begin(&step)
    }

    /// Starts what the flow says, from CREATED or QUEUED.
    mutating func begin(_ step: inout Step) {
        set(.running, &step)
        owners[Self.top] = Owner(plan: .sequence(step.flow.topTasks))
        look(at: Self.top)
    }

    // MARK: - Changes

    /// Gives the execution a state.
    mutating func set(_ state: State, _ step: inout Step) {
        execution.state.set(state, at: step.now)
        step.decision.executionChanged = true
    }

    /// Gives a task run a state and keeps the counts that follow from it.
    mutating func set(_ state: State, of number: Int, _ step: inout Step) {
        let old = runs[number].run.state.current
        if old == state { return }
        runs[number].run.state.set(state, at: step.now)
        if old == .paused { pausedRuns -= 1 } else if old == .retrying { retryingRuns -= 1 }
        if state == .paused { pausedRuns += 1 } else if state == .retrying { retryingRuns += 1 }
        note(number, &step)
        if step.flow.watchesStates { states.set(.string(state.rawValue), at: statePath(of: number)) }
    }

    /// Notes that a task run's row changed.
    mutating func note(_ number: Int, _ step: inout Step) {
        if runs[number].changedIn == self.step { return }
        runs[number].changedIn = self.step
        step.decision.changed.append(number)
    }

    /// Queues a look at an owner, once.
    mutating func look(at owner: Int) {
        if owners[owner]?.markQueued() == true { queue.append(.advance(owner)) }
    }

    /// Whether a task run may still go on: those of an execution that has ended or is killed may not, except for what runs
    /// after its end until that is killed too.
    func mayProgress(_ number: Int) -> Bool {
        let current = execution.state.current
        return !current.isTerminated && current != .killing || runs[number].isAfter && !isStopped
    }

    mutating func setOutputs(_ outputs: ValueMap?, of number: Int, _ step: inout Step) {
        let had = runs[number].run.outputs?.isEmpty == false
        runs[number].run.outputs = outputs
        note(number, &step)
        if let outputs, !outputs.isEmpty {
            self.outputs.set(.map(outputs.opened(with: step.surroundings.cipher)), at: outputPath(of: number))
        } else if had {
            self.outputs.remove(at: outputPath(of: number))
        }
    }

    func log(_ level: LogLevel, _ message: String, taskRun number: Int, _ step: inout Step) {
        guard let task = runs[number].task, level >= step.flow.tasks[task].task.logLevel else { return }
        step.log(
            LogEntry(
                at: step.now, level: level, message: message, taskRun: number,
                attempt: max(0, runs[number].run.attempts.count - 1)))
    }
}

extension ExecutionState {
    /// Where a task run's outputs are found below `outputs`: its task's id, then the values of the iterations around it,
    /// outermost first, then its own. Source: engine spec §4.9.
    func outputPath(of number: Int) -> [String] {
        let run = runs[number].run
        guard run.parent != nil || run.value != nil else { return [run.taskID] }
        var values: [String] = []
        if let value = run.value { values.append(value) }
        var parent = run.parent
        while let ancestor = parent, runs.contains(ancestor) {
            if let value = runs[ancestor].run.value { values.append(value) }
            parent = runs[ancestor].run.parent
        }
        values.append(run.taskID)
        values.reverse()
        return values
    }

    /// `tasks.<id>.state`, or `tasks.<id>.<value>.state`. Source: engine spec §10.
    func statePath(of number: Int) -> [String] {
        let run = runs[number].run
        return if let value = run.value { [run.taskID, value, "state"] } else { [run.taskID, "state"] }
    }
}

extension ValueMap {
    /// This map with its encrypted values in clear. Source: engine spec §2.6.
    func opened(with cipher: (any SecretCipher)?) -> ValueMap {
        guard values.contains(where: \.holdsEncrypted) else { return self }
        return mapValues { EncryptedValue.decrypted($0, with: cipher) }
    }
}

extension Value {
    fileprivate var holdsEncrypted: Bool {
        switch self {
        case .map(let members): EncryptedValue.unwrap(self) != nil || members.values.contains(where: \.holdsEncrypted)
        case .list(let items): items.contains(where: \.holdsEncrypted)
        default: false
        }
    }
}
