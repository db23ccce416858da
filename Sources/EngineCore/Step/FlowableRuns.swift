import Expressions
import FlowModel
import TaskKit

extension ExecutionState {
    /// Begins the run of a flowable task. Source: engine spec §4, §3.6.
    mutating func enter(_ number: Int, _ task: CompiledTask, _ step: inout Step) {
        set(.running, of: number, &step)
        switch entrance(number, task, step) {
        case .success(.pause(let terms)): pause(number, terms, task, &step)
        case .success(.start(let start)): begin(number, start, task, &step)
        case .failure(let failure):
            log(
                .error, "Unable to resolve state from the Flowable task: \(step.told(failure, task))", taskRun: number,
                &step)
            end(number, task.tolerated(.failed), &step)
        }
    }

    private enum Entrance {
        case pause(PauseTerms)
        case start(FlowableStart)
    }

    /// Nothing of the state is held when it returns.
    private func entrance(_ number: Int, _ task: CompiledTask, _ step: Step) -> Result<Entrance, TaskFailure> {
        guard let type = task.flowable else {
            return .failure(TaskFailure("Type \(task.task.type) cannot be run by this engine."))
        }
        do throws(TaskFailure) {
            let scope = scope(of: number, task, step)
            let flowable = try task.make(type, in: scope)
            let site = FlowableSite(task: task, scope: scope, kept: nil, now: step.now)
            if let pausing = flowable as? any PausingFlowable { return .success(.pause(try pausing.terms(site))) }
            return .success(.start(try flowable.start(site)))
        } catch {
            return .failure(error)
        }
    }

    private mutating func begin(_ number: Int, _ start: FlowableStart, _ task: CompiledTask, _ step: inout Step) {
        switch start {
        case .unknown(let warning, let outputs):
            if let outputs { setOutputs(outputs, of: number, &step) }
            log(.warn, warning, taskRun: number, &step)
            end(number, task.tolerated(.failed), &step)
        case .children(let plan, let outputs):
            if let outputs { setOutputs(outputs, of: number, &step) }
            if task.isLooping { runs[number].run.iteration = 1 }
            owners[number] = Owner(plan: plan)
            look(at: number)
        }
    }

    /// Ends the run of a flowable whose lists are all through.
    mutating func leave(_ number: Int, _ step: inout Step) {
        guard let owner = owners.removeValue(forKey: number), let place = runs[number].task else { return }
        let task = step.flow.tasks[place]
        let state = task.flowable?.folded(owner.fold) ?? owner.fold
        end(number, task.tolerated(state), &step)
    }

    // MARK: - Rounds

    /// After the last child of a round: whether the run goes on to another one, or has ended here.
    /// Source: engine spec §4.10.
    mutating func goesRound(_ number: Int, _ step: inout Step) -> Bool {
        guard let place = runs[number].task, step.flow.tasks[place].isLooping, let owner = owners[number],
            owner.fold == .success || owner.fold == .warning
        else { return false }
        let task = step.flow.tasks[place]
        let count = (runs[number].run.iteration ?? 1) + 1
        setOutputs(["iterationCount": .int(Int64(count))], of: number, &step)
        switch afterRound(number, count, task, step) {
        case .success(.done): return false
        case .success(.limit(let warning, let fails)):
            log(.warn, warning, taskRun: number, &step)
            guard fails else { return false }
            owners[number] = nil
            end(number, task.tolerated(.failed), &step)
            return true
        case .success(.again(let interval)):
            runs[number].run.iteration = count
            wait(number, .round, until: step.now.advanced(by: interval), &step)
            return true
        case .failure(let failure):
            log(.error, step.told(failure, task), taskRun: number, &step)
            owners[number] = nil
            end(number, task.tolerated(.failed), &step)
            return true
        }
    }

    private func afterRound(
        _ number: Int, _ count: Int, _ task: CompiledTask, _ step: Step
    ) -> Result<AfterRound, TaskFailure> {
        do throws(TaskFailure) {
            let scope = scope(of: number, task, step)
            guard let type = task.flowable, let looping = try task.make(type, in: scope) as? any LoopingFlowable else {
                return .success(.done)
            }
            let site = FlowableSite(task: task, scope: scope, kept: runs[number].run.outputs, now: step.now)
            return .success(try looping.afterRound(count, since: runs[number].run.state.startDate, site))
        } catch {
            return .failure(error)
        }
    }

    /// The next round begins: the children of the last one are removed.
    mutating func nextRound(_ number: Int, _ step: inout Step) {
        guard let place = runs[number].task else { return }
        let task = step.flow.tasks[place]
        removeRuns(below: number, &step)
        runs[number].due = nil
        set(.running, of: number, &step)
        unpause(as: .running, &step)
        owners[number] = Owner(plan: .sequence(task.list("tasks")?.tasks ?? []))
        look(at: number)
    }

    /// Remembers a new run for the loops around it, which remove it when their round is over.
    mutating func noteRound(of number: Int, _ flow: CompiledFlow) {
        guard flow.hasLoops else { return }
        var parent = runs[number].run.parent
        while let ancestor = parent, runs.contains(ancestor) {
            if let place = runs[ancestor].task, flow.tasks[place].isLooping {
                roundRuns[ancestor, default: []].append(number)
            }
            parent = runs[ancestor].run.parent
        }
    }

    /// Removes all task runs below a loop, with their outputs.
    mutating func removeRuns(below number: Int, _ step: inout Step) {
        for gone in (roundRuns.removeValue(forKey: number) ?? []).reversed() where runs.contains(gone) {
            roundRuns[gone] = nil
            if runs[gone].run.outputs?.isEmpty == false { outputs.remove(at: outputPath(of: gone)) }
            if step.flow.watchesStates { states.remove(at: statePath(of: gone).dropLast()) }
            owners[gone] = nil
            runs.remove(gone)
            step.decision.removed.append(gone)
        }
    }
}

extension CompiledTask {
    var isLooping: Bool { flowable is any LoopingFlowable.Type }
}
