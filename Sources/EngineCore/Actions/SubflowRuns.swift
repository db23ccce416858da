import Expressions
import FlowModel
import TaskKit

extension ExecutionState {
    private func awaits(_ number: Int, attempt: Int) -> Bool {
        runs.contains(number) && runs[number].run.state.current.isRunning
            && runs[number].run.attempts.count == attempt + 1 && mayProgress(number)
            && child(of: number).map { children[$0] } == number
    }

    /// The execution that a task run has asked for.
    func child(of number: Int) -> ExecutionID? {
        runs[number].run.outputs?["executionId"]?.string.flatMap { ExecutionID($0) }
    }

    mutating func subflowStarted(_ number: Int, attempt: Int, _ step: inout Step) {
        guard awaits(number, attempt: attempt), let place = runs[number].task, let child = child(of: number) else {
            return
        }
        let task = step.flow.tasks[place]
        guard case .success(let subflow) = subflow(number, task, step) else { return }
        let link = "execution=\"\(child)\" flowId=\"\(subflow.flowId)\" namespace=\"\(subflow.namespace)\""
        log(.info, "Created new execution [[link \(link)]]", taskRun: number, &step)
        if subflow.wait { return }
        children[child] = nil
        let outputs: ValueMap = [
            "executionId": .string(child.description), "state": .string(State.created.rawValue),
        ]
        close(number, task, TaskResult(.success, outputs: outputs), &step)
    }

    mutating func subflowRefused(_ number: Int, attempt: Int, because why: String, _ step: inout Step) {
        if let child = child(of: number), children[child] == number, isKilling(number) {
            return settleKilled(number, waitingFor: child, &step)
        }
        guard awaits(number, attempt: attempt), let place = runs[number].task else { return }
        if let child = child(of: number) { children[child] = nil }
        close(number, step.flow.tasks[place], TaskResult(.failed, failure: why), &step)
    }

    /// The execution is asked for once more, under another id.
    mutating func subflowMoved(_ number: Int, attempt: Int, to id: ExecutionID, _ step: inout Step) {
        if let child = child(of: number), children[child] == number, isKilling(number) {
            return settleKilled(number, waitingFor: child, &step)
        }
        guard awaits(number, attempt: attempt), let place = runs[number].task else { return }
        if let child = child(of: number) { children[child] = nil }
        setOutputs(["executionId": .string(id.description)], of: number, &step)
        children[id] = number
        guard let request = subflowRequest(number, step.flow.tasks[place], step) else { return }
        step.order(.startSubflow(request))
    }

    /// Whether a run waits for an execution that is killed with its own.
    private func isKilling(_ number: Int) -> Bool {
        runs.contains(number) && isKilled && !mayProgress(number)
            && runs[number].run.state.current.isRunning
    }

    private mutating func settleKilled(_ number: Int, waitingFor child: ExecutionID, _ step: inout Step) {
        children[child] = nil
        closeAttempt(number, .killed, &step)
        settleKilled(number, &step)
    }

    /// Source: engine spec §4.13.
    mutating func subflowEnded(_ end: SubflowEnd, _ step: inout Step) {
        if let number = children[end.child], isKilling(number) {
            let outputs: ValueMap = [
                "executionId": .string(end.child.description), "state": .string(end.state.rawValue),
            ]
            setOutputs(outputs, of: number, &step)
            return settleKilled(number, waitingFor: end.child, &step)
        }
        guard let number = children[end.child], runs.contains(number), let place = runs[number].task,
            runs[number].run.state.current.isRunning, mayProgress(number)
        else { return }
        children[end.child] = nil
        let task = step.flow.tasks[place]
        var outputs: ValueMap = [
            "executionId": .string(end.child.description), "state": .string(end.state.rawValue),
        ]
        switch subflow(number, task, step) {
        case .failure(let failure):
            close(number, task, TaskResult(.failed, outputs: outputs, failure: step.told(failure, task)), &step)
        case .success(let subflow) where !subflow.wait:
            // It was started, and ended before that was told: how is not the task's matter.
            outputs["state"] = .string(State.created.rawValue)
            close(number, task, TaskResult(.success, outputs: outputs), &step)
        case .success(let subflow):
            var state = subflow.transmitFailed && end.state.isTransmitted ? end.state : .success
            var problem: String?
            do throws(ExpressionError) {
                if let own = end.outputs {
                    outputs["outputs"] = .map(own)
                } else if let old = try subflow.outputsOfOld(end, step) {
                    outputs["outputs"] = .map(old)
                }
            } catch {
                (state, problem) = (
                    .failed, "Failed to extract outputs: \(step.told(TaskFailure(error, property: "outputs"), task))"
                )
            }
            close(number, task, TaskResult(state, outputs: outputs, failure: problem), &step)
        }
    }

    private func subflow(_ number: Int, _ task: CompiledTask, _ step: Step) -> Result<Subflow, TaskFailure> {
        do throws(TaskFailure) {
            return .success(
                try PropertyReader.make(
                    Subflow.self, sources: task.sources, names: task.kind.propertyNames,
                    in: scope(of: number, task, step)))
        } catch {
            return .failure(error)
        }
    }
}

extension Subflow {
    /// The `outputs` of the task itself, rendered with what the other execution saw.
    fileprivate func outputsOfOld(_ end: SubflowEnd, _ step: Step) throws(ExpressionError) -> ValueMap? {
        guard let outputs, let variables = end.variables else { return nil }
        let scope = Scope(variables: variables, world: step.surroundings.world, limits: step.surroundings.limits)
        return try Renderer.render(outputs.value, in: scope).map
    }
}

extension State {
    /// Whether a Subflow task with `transmitFailed` takes this state of its execution.
    fileprivate var isTransmitted: Bool {
        switch self {
        case .failed, .killed, .paused, .warning: true
        default: false
        }
    }
}
