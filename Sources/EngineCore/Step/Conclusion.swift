import Expressions
import FlowModel
import TaskKit

extension ExecutionState {
    /// All lists of the flow have ended: the execution ends, unless it is paused or waits for a retry; then it ends when
    /// it runs again. Source: engine spec §3.5, §3.9.
    mutating func endOfTasks(_ step: inout Step) {
        guard execution.state.current == .running, let owner = owners[Self.top] else { return }
        var state = owner.fold
        if !step.flow.flow.outputs.isEmpty {
            do throws(TaskFailure) {
                execution.outputs = try FlowOutputs.rendered(
                    step.flow.flow.outputs, in: scope(of: nil, nil, step), step.surroundings)
            } catch {
                let why = step.flow.flow.told(error, in: .member("outputs"))
                step.log(LogEntry(at: step.now, level: .error, message: "Failed to render output values: \(why)"))
                state = .failed
            }
        }
        conclude(state, &step)
    }

    /// Gives the execution its final state and begins what runs after it. Source: engine spec §3.8, since-0.20 §1.2.
    mutating func conclude(_ state: State, _ step: inout Step) {
        set(state, &step)
        queue.removeAll()
        step.order(.ended(state))
        var top = owners[Self.top] ?? Owner(plan: .empty)
        top.isQueued = false
        top.begin(.listeners)
        owners[Self.top] = top
        look(at: Self.top)
    }

    /// Starts the next task of the listeners and then of `afterExecution`.
    mutating func advanceAfter(_ phase: Owner.Phase, _ step: inout Step) {
        let list = phase == .listeners ? listenerTasks(step) : step.flow.afterExecution
        if startHandler(of: Self.top, from: list, &step) { return }
        if phase == .listeners {
            owners[Self.top]?.begin(.afterExecution)
            return look(at: Self.top)
        }
        finish(&step)
    }

    /// Nothing will happen any more.
    mutating func finish(_ step: inout Step) {
        owners = [:]
        isFinished = true
        step.order(.finished)
    }

    /// The tasks of those listeners whose conditions hold for the ended execution.
    private func listenerTasks(_ step: Step) -> [Int] {
        if step.flow.listeners.isEmpty { return [] }
        let context = ConditionContext(
            scope: scope(of: nil, nil, step), namespace: execution.namespace, flowID: execution.flowID,
            execution: execution,
            taskRuns: taskRuns)
        return step.flow.listeners.flatMap { listener in
            (try? listener.conditions?.hold(in: context)) == true ? listener.tasks : []
        }
    }
}
