import Expressions
import FlowModel
import TaskKit

extension ExecutionState {
    /// A Pause task begins. Source: engine spec §4.11, since-0.20 §3.
    mutating func pause(_ number: Int, _ terms: PauseTerms, _ task: CompiledTask, _ step: inout Step) {
        if let duration = terms.duration {
            wait(number, .pause, until: step.now.advanced(by: duration), &step)
        } else {
            hold(number, &step)
        }
        for place in task.list("onPause")?.tasks.prefix(1) ?? [] {
            create(step.flow.tasks[place], parent: number, role: .onPause, &step)
        }
    }

    /// Pauses a task run, and the execution, until its timer is due.
    mutating func wait(_ number: Int, _ kind: EngineTimer.Kind, until due: Timestamp, _ step: inout Step) {
        owners[number] = nil
        runs[number].due = due
        hold(number, &step)
        step.order(.wake(EngineTimer(kind, taskRun: number, at: due)))
    }

    private mutating func hold(_ number: Int, _ step: inout Step) {
        set(.paused, of: number, &step)
        if !execution.state.current.isTerminated { set(.paused, &step) }
    }

    /// The execution goes on when none of its task runs is paused any more.
    mutating func unpause(as state: State, _ step: inout Step) {
        guard execution.state.current == .paused, pausedRuns == 0 else { return }
        set(state, &step)
        goOn(&step)
    }

    /// RUNNING, or RETRYING while a task run waits for its next attempt.
    mutating func goOn(_ step: inout Step) {
        set(.running, &step)
        if retryingRuns > 0 { set(.retrying, &step) }
        look(at: Self.top)
    }

    // MARK: - The execution as a whole

    /// Source: engine spec §8.7.
    mutating func pause(_ step: inout Step) {
        let current = execution.state.current
        guard current == .running || current == .retrying else { return }
        set(.paused, &step)
    }

    mutating func resume(_ wanted: Int?, inputs: ValueMap, by: String?, _ step: inout Step) {
        guard execution.state.current == .paused else { return }
        if isHeld {
            if wanted == nil { goOn(&step) }
            return
        }
        let paused = runs.numbers.filter { runs[$0].run.state.current == .paused && mayProgress($0) }
        let pause = paused.first { isPause($0, step.flow) }
        guard let number = wanted ?? pause ?? paused.first, paused.contains(number) else { return }
        if let timer = timer(of: number, step.flow) { step.order(.cancelWake(timer)) }
        isPause(number, step.flow)
            ? resumePause(number, .resume, inputs: inputs, by: by, &step) : nextRound(number, &step)
    }

    private func isPause(_ number: Int, _ flow: CompiledFlow) -> Bool {
        runs[number].task.map { flow.tasks[$0].flowable is any PausingFlowable.Type } ?? false
    }

    /// - Parameter by: who resumed it; nil when its duration is over.
    private mutating func resumePause(
        _ number: Int, _ behavior: PauseBehavior, inputs: ValueMap, by: String?, _ step: inout Step
    ) {
        guard let place = runs[number].task else { return }
        let task = step.flow.tasks[place]
        runs[number].due = nil
        switch behavior {
        case .resume, .warn:
            set(.running, of: number, &step)
            if task.task.properties["onResume"] != nil { setOutputs(["onResume": .map(inputs)], of: number, &step) }
            unpause(as: .restarted, &step)
            if behavior == .warn { return end(number, task.tolerated(.warning), &step) }
            owners[number] = Owner(plan: .sequence(task.list("tasks")?.tasks ?? []))
            look(at: number)
        case .fail:
            set(task.tolerated(.failed), of: number, &step)
            unpause(as: .restarted, &step)
            end(number, task.tolerated(.failed), &step)
        case .cancel:
            set(.cancelled, of: number, &step)
            end(number, .cancelled, &step)
            conclude(.cancelled, &step)
        }
    }

    // MARK: - Timers

    /// The timer that a task run waits for.
    func timer(of number: Int, _ flow: CompiledFlow) -> EngineTimer? {
        guard let due = runs[number].due, let place = runs[number].task else { return nil }
        let isRetry = runs[number].run.state.current == .retrying
        return EngineTimer(isRetry ? .retry : flow.tasks[place].isLooping ? .round : .pause, taskRun: number, at: due)
    }

    /// A timer fired. One that is early, or of something that no longer waits, does nothing.
    mutating func wake(_ timer: EngineTimer, _ step: inout Step) {
        guard let number = timer.taskRun, runs.contains(number), let due = runs[number].due, due <= step.now,
            mayProgress(number),
            let place = runs[number].task
        else { return }
        let task = step.flow.tasks[place]
        switch timer.kind {
        case .schedule: return
        case .retry:
            if runs[number].run.state.current == .retrying { tryAgain(number, &step) }
        case .round:
            if runs[number].run.state.current == .paused, task.isLooping { nextRound(number, &step) }
        case .pause:
            guard runs[number].run.state.current == .paused, !task.isLooping else { return }
            resumePause(number, expiry(number, task, step), inputs: [:], by: nil, &step)
        }
    }

    /// What happens when a pause's duration is over; it fails when that cannot be rendered any more.
    private func expiry(_ number: Int, _ task: CompiledTask, _ step: Step) -> PauseBehavior {
        (try? terms(number, task, step))?.onExpiry ?? .fail
    }

    func terms(_ number: Int, _ task: CompiledTask, _ step: Step) throws(TaskFailure) -> PauseTerms? {
        let scope = scope(of: number, task, step)
        guard let type = task.flowable, let pausing = try task.make(type, in: scope) as? any PausingFlowable else {
            return nil
        }
        return try pausing.terms(FlowableSite(task: task, scope: scope, kept: runs[number].run.outputs, now: step.now))
    }
}
