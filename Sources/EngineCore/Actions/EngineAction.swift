import Expressions
import FlowModel
import TaskKit

/// A task that changes or asks for executions, carried out by the step itself.
protocol EngineAction: EngineTask {
    func act(_ site: ActionSite) throws(TaskFailure) -> ActionResult
}

extension EngineAction {
    static var outputs: [OutputAbout] { [] }
}

struct ActionSite {
    let task: CompiledTask
    let scope: Scope
    let execution: Execution
    /// The id that an execution started by this attempt gets.
    let child: ExecutionID
    let taskRun: Int
    let attempt: Int
}

enum ActionResult {
    /// The execution has other labels, or variables, from now on.
    case labels([Label])
    case variables(ValueMap)
    /// The execution ends in this state.
    case exit(State)
    case subflow(SubflowRequest)
}

extension ExecutionState {
    /// Carries out a task of the engine's own.
    mutating func act(_ number: Int, _ task: CompiledTask, _ step: inout Step) {
        let attempt = runs[number].run.attempts.count
        openAttempt(number, &step)
        let child = newChild(number, attempt: attempt, step)
        let result = action(number, task, attempt: attempt, child: child, step)
        step.catchUp()
        switch result {
        case .success(.labels(let labels)):
            execution.labels = labels
            step.decision.executionChanged = true
            close(number, task, TaskResult(.success), &step)
        case .success(.variables(let variables)):
            execution.variables["vars"] = .map(variables)
            step.decision.executionChanged = true
            close(number, task, TaskResult(.success), &step)
        case .success(.exit(let state)): exit(number, state, &step)
        case .success(.subflow(let request)):
            setOutputs(["executionId": .string(request.child.description)], of: number, &step)
            children[request.child] = number
            step.order(.startSubflow(request))
        case .failure(let failure):
            close(number, task, TaskResult(.failed, outputs: failure.outputs, failure: step.told(failure, task)), &step)
        }
    }

    private func newChild(_ number: Int, attempt: Int, _ step: Step) -> ExecutionID {
        step.surroundings.newID?()
            ?? execution.id.child(
                taskRun: number, attempt: attempt, createdAt: runs[number].run.attempts[attempt].state.startDate)
    }

    /// What a run asks for that waits for an execution; nil for all others. The execution's id is in the run's outputs since
    /// it was asked for, and stays.
    func subflowRequest(_ number: Int, _ task: CompiledTask, _ step: Step) -> SubflowRequest? {
        let attempt = runs[number].run.attempts.count - 1
        guard task.action != nil, attempt >= 0, runs[number].run.state.current == .running,
            case .success(.subflow(let request)) = action(
                number, task, attempt: attempt, child: child(of: number) ?? newChild(number, attempt: attempt, step),
                step)
        else { return nil }
        return request
    }

    /// Nothing of the state is held when it returns.
    func action(
        _ number: Int, _ task: CompiledTask, attempt: Int, child: ExecutionID, _ step: Step
    ) -> Result<ActionResult, TaskFailure> {
        guard let type = task.action else {
            return .failure(TaskFailure("Type \(task.task.type) cannot be run by this engine."))
        }
        do throws(TaskFailure) {
            let scope = scope(of: number, task, step)
            let site = ActionSite(
                task: task, scope: scope, execution: execution, child: child, taskRun: number, attempt: attempt)
            return .success(try task.make(type, in: scope).act(site))
        } catch {
            return .failure(error)
        }
    }

    /// The task run, those around it and the execution end at once. Source: since-0.20 §3.
    private mutating func exit(_ number: Int, _ state: State, _ step: inout Step) {
        closeAttempt(number, state, &step)
        setOutputs([:], of: number, &step)
        var ancestor: Int? = number
        while let current = ancestor, runs.contains(current) {
            set(state, of: current, &step)
            owners[current] = nil
            ancestor = runs[current].run.parent
        }
        if execution.state.current.isTerminated { return }
        state == .killed ? kill(cascade: false, &step) : conclude(state, &step)
    }
}

extension CompiledTask {
    func make(_ type: any EngineAction.Type, in scope: Scope) throws(TaskFailure) -> any EngineAction {
        try make(opened: type, in: scope)
    }

    private func make<Type: EngineAction>(opened type: Type.Type, in scope: Scope) throws(TaskFailure)
        -> any EngineAction
    {
        try PropertyReader.make(type, sources: sources, names: kind.propertyNames, in: scope)
    }
}

extension ExecutionID {
    /// The id of the execution that an attempt at a task run starts: always the same for the same attempt.
    func child(taskRun: Int, attempt: Int, createdAt: Timestamp) -> ExecutionID {
        let chance = chance(taskRun: taskRun, attempt: attempt &+ 1_000_003)
        return ExecutionID(
            at: createdAt, sequence: UInt32(truncatingIfNeeded: chance >> 40), random: chance &* 0xD6E8_FEB8_6659_FD93)
    }
}
