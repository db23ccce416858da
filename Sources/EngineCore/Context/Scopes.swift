import Expressions
import FlowModel
import TaskKit

extension ExecutionState {
    /// What expressions see: of a task run, or of the execution itself. It holds the state as it is: let go of it before
    /// changing anything, or the change copies what is held.
    func scope(of number: Int?, _ task: CompiledTask?, _ step: Step) -> Scope {
        var run: RunVariables.Run?
        if let number, let task {
            run = RunVariables.Run(task: task, run: runs[number].run, ancestors: .table(runs))
        }
        let variables = RunVariables(
            flow: step.flow, execution: execution, outputs: outputs.value, states: states.value, run: run,
            server: step.surroundings.server, cipher: step.surroundings.cipher)
        let world: any World =
            step.errors.isEmpty
            ? step.surroundings.world
            : LoggedWorld(base: step.surroundings.world, errors: step.errors.map { line(of: $0, step.flow) })
        return Scope(
            variables: variables, world: world, limits: step.surroundings.limits,
            recursive: step.surroundings.rendersRecursively)
    }

    /// What the expressions of the execution itself see, such as its flow's outputs of old when a parent asks for them.
    public func variables(of flow: CompiledFlow, with surroundings: Surroundings) -> any Variables {
        RunVariables(
            flow: flow, execution: execution, outputs: outputs.value, states: states.value, run: nil,
            server: surroundings.server, cipher: surroundings.cipher)
    }

    /// A log line as `errorLogs()` shows it.
    public func line(of entry: LogEntry, _ flow: CompiledFlow) -> Value {
        var members: ValueMap = [
            "namespace": .string(execution.namespace), "flowId": .string(execution.flowID),
            "executionId": .string(execution.id.description), "timestamp": .string(entry.at.iso),
            "level": .string(entry.level.name), "message": .string(entry.message),
        ]
        if let number = entry.taskRun {
            if let run = taskRun(number) { members["taskId"] = .string(run.taskID) }
            members["taskRunId"] = .string(execution.id.taskRunID(number))
        }
        if let attempt = entry.attempt { members["attemptNumber"] = .int(Int64(attempt)) }
        return .map(members)
    }
}

/// What a worker needs for one attempt. Source: engine spec §5, §10.
public struct TaskOrder: Sendable {
    public var identity: RunIdentity
    public var task: CompiledTask
    /// What the task's expressions see. `outputs` and `tasks` are in it only where the task's texts mention them, so that
    /// workers do not hold what the execution goes on changing.
    public var variables: any Variables

    /// What the log says of a failure: with its place in the flow, where a template or a property caused it.
    public func told(_ failure: TaskFailure) -> String {
        (variables as? RunVariables)?.flow.flow.told(failure, in: .task(task.task)) ?? failure.message
    }
}

extension ExecutionState {
    /// What a worker needs for the next or running attempt at a task run; nil when nothing is to be run any more.
    public func order(_ number: Int, of flow: CompiledFlow, with surroundings: Surroundings) -> TaskOrder? {
        guard runs.contains(number), let place = runs[number].task, !runs[number].run.state.current.isTerminated else {
            return nil
        }
        let task = flow.tasks[place]
        let run = runs[number].run
        let identity = RunIdentity(
            executionID: execution.id, namespace: execution.namespace, flowID: execution.flowID,
            flowRevision: execution.flowRevision, taskID: run.taskID, taskType: task.task.type, taskRun: number,
            attempt: run.attempts.count { $0.state.current.isTerminated }, value: run.value)
        let parents = task.readsOutputs && run.parent != nil ? runs.parents(of: run, surroundings.cipher) : []
        let variables = RunVariables(
            flow: flow, execution: execution, outputs: task.readsOutputs ? outputs.value : [:],
            states: task.readsStates ? states.value : [:],
            run: RunVariables.Run(task: task, run: run, ancestors: .made(parents)), server: surroundings.server,
            cipher: surroundings.cipher)
        return TaskOrder(identity: identity, task: task, variables: variables)
    }
}
