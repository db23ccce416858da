import Expressions
import FlowModel
import TaskKit

extension ExecutionState {
    /// An execution as its rows tell it, and what must be ordered again: after a restart of the server, or after someone
    /// changed the rows. Attempts that were under way are lost: they are closed as KILLED and made again.
    /// Source: engine spec §9.2, §9.3.
    /// - Parameters:
    ///   - taskRuns: in any order.
    ///   - finished: whether the execution had come to its very end, `afterExecution` included.
    ///   - nextNumber: a number above all that task runs of the execution ever had; those of the rows are looked at anyhow.
    public static func restored(
        _ execution: Execution, taskRuns: [TaskRun], finished: Bool = false, nextNumber: Int = 0, of flow: CompiledFlow,
        at now: Timestamp, with surroundings: Surroundings
    ) -> (state: ExecutionState, decision: Decision) {
        var state = ExecutionState(execution)
        var step = Step(flow, surroundings, now: now)
        state.step = 1
        state.isFinished = finished
        state.load(taskRuns, step)
        state.runs.reserveNumbers(below: nextNumber)
        if !finished {
            state.rebuildOwners(&step)
            state.takeUp(&step)
            state.drain(&step)
        }
        return (state, step.decision)
    }

    private mutating func load(_ taskRuns: [TaskRun], _ step: Step) {
        for run in taskRuns.sorted(by: { $0.number < $1.number }) {
            let task = step.flow.task(run.taskID)
            let role = task?.role ?? .tasks
            let isAfter =
                role == .listeners || role == .afterExecution
                || run.parent.map { runs.contains($0) && runs[$0].isAfter } ?? false
            runs.append(
                RunEntry(run: run, task: task?.index, role: role, isAfter: isAfter, lane: 0, position: 0))
            noteRound(of: run.number, step.flow)
            let current = run.state.current
            if current == .paused { pausedRuns += 1 } else if current == .retrying { retryingRuns += 1 }
            if let own = run.outputs, !own.isEmpty {
                outputs.set(.map(own.opened(with: step.surroundings.cipher)), at: outputPath(of: run.number))
            }
            if step.flow.watchesStates { states.set(.string(current.rawValue), at: statePath(of: run.number)) }
        }
    }

    // MARK: - Owners

    private mutating func rebuildOwners(_ step: inout Step) {
        let current = execution.state.current
        guard current != .created, current != .queued, current != .killing else { return }
        var children: [Int: [Int]] = [:]
        for number in runs.numbers { children[runs[number].run.parent ?? Self.top, default: []].append(number) }
        var top = Owner(plan: .sequence(step.flow.topTasks))
        if current.isTerminated {
            let after = runs.numbers.filter { runs[$0].role == .afterExecution }
            top.begin(after.isEmpty ? .listeners : .afterExecution)
        }
        owners[Self.top] = top
        adopt(children[Self.top] ?? [], into: Self.top, keepingPhase: current.isTerminated)
        look(at: Self.top)
        for number in runs.numbers {
            guard let place = runs[number].task, step.flow.tasks[place].flowable != nil,
                runs[number].run.state.current.isRunning, mayProgress(number)
            else { continue }
            rebuildOwner(number, step.flow.tasks[place], children[number] ?? [], &step)
        }
    }

    private mutating func rebuildOwner(_ number: Int, _ task: CompiledTask, _ children: [Int], _ step: inout Step) {
        switch start(number, task, step) {
        case .success(.children(let plan, let outputs)):
            if let outputs, outputs != runs[number].run.outputs { setOutputs(outputs, of: number, &step) }
            owners[number] = Owner(plan: plan)
            adopt(children, into: number, keepingPhase: false)
            look(at: number)
        case .success(.unknown(let why, _)):
            log(.warn, why, taskRun: number, &step)
            end(number, task.tolerated(.failed), &step)
        case .failure(let failure):
            log(
                .error, "Unable to resolve state from the Flowable task: \(step.told(failure, task))", taskRun: number,
                &step)
            end(number, task.tolerated(.failed), &step)
        }
    }

    private func start(_ number: Int, _ task: CompiledTask, _ step: Step) -> Result<FlowableStart, TaskFailure> {
        guard let type = task.flowable else { return .failure(TaskFailure("Type \(task.task.type) cannot be run.")) }
        do throws(TaskFailure) {
            let scope = scope(of: number, task, step)
            let kept = runs[number].run.outputs
            return .success(
                try task.make(type, in: scope).start(FlowableSite(task: task, scope: scope, kept: kept, now: step.now)))
        } catch {
            return .failure(error)
        }
    }

    /// Puts the children of an owner to their places in its plan and counts them.
    private mutating func adopt(_ children: [Int], into id: Int, keepingPhase: Bool) {
        guard var owner = owners[id] else { return }
        var latest: [Int: Int] = [:]
        let lanes = ValuePlaces(owner.plan)
        for child in children {
            let entry = runs[child]
            let hasEnded = entry.run.state.current.isTerminated
            switch entry.role {
            case .tasks:
                guard let task = entry.task,
                    let place = owner.plan.place(ofTask: task, iteration: lanes.iteration(of: entry.run.value))
                else { continue }
                runs[child].lane = place.lane
                runs[child].position = place.position
                latest[place.lane] = child
                if hasEnded { owner.count(entry.run.state.current) } else { owner.live += 1 }
            case .errors, .finally, .listeners, .afterExecution:
                let phase = Owner.Phase(entry.role)
                if !keepingPhase || phase == owner.phase || phase == .afterExecution {
                    if owner.phase != phase { owner.begin(phase) }
                    owner.handlerPosition += 1
                    owner.handlerIsLive = !hasEnded
                }
            case .onPause: continue
            }
        }
        owner.resume(latest: latest.mapValues { (runs[$0].position, runs[$0].run.state.current.isTerminated) })
        owners[id] = owner
    }

    // MARK: - Orders

    /// Gives out again what is under way: created runs, timers, other executions; running attempts are lost.
    private mutating func takeUp(_ step: inout Step) {
        let current = execution.state.current
        if current == .created, let date = execution.scheduleDate, date > step.now {
            step.order(.wake(EngineTimer(.schedule, taskRun: nil, at: date)))
        }
        if current == .restarted { goOn(&step) }
        if current == .killing { return takeUpKilling(&step) }
        for number in runs.numbers {
            guard mayProgress(number), let place = runs[number].task else { continue }
            let task = step.flow.tasks[place]
            switch runs[number].run.state.current {
            case .created, .restarted: queue.append(.dispatch(number))
            case .running: takeUpRunning(number, task, &step)
            case .retrying:
                runs[number].due = task.retry.flatMap { retryDate(number, $0) } ?? step.now
                if let timer = timer(of: number, step.flow) { step.order(.wake(timer)) }
            case .paused: takeUpPaused(number, task, &step)
            default: break
            }
        }
    }

    private mutating func takeUpRunning(_ number: Int, _ task: CompiledTask, _ step: inout Step) {
        switch task.kind.work {
        case .flowable: return
        case .runnable, .instant: lost(number, attempt: runs[number].run.attempts.count - 1, &step)
        case .engine:
            guard let request = subflowRequest(number, task, step) else {
                return lost(number, attempt: runs[number].run.attempts.count - 1, &step)
            }
            children[request.child] = number
            step.order(.startSubflow(request))
        }
    }

    private mutating func takeUpPaused(_ number: Int, _ task: CompiledTask, _ step: inout Step) {
        let since = runs[number].run.state.lastChange
        if task.isLooping {
            runs[number].due = since.advanced(by: pace(number, task, step) ?? .zero)
        } else if let duration = (try? terms(number, task, step))?.duration {
            runs[number].due = since.advanced(by: duration)
        }
        if let timer = timer(of: number, step.flow) { step.order(.wake(timer)) }
    }

    private func pace(_ number: Int, _ task: CompiledTask, _ step: Step) -> ISODuration? {
        guard let type = task.flowable else { return nil }
        return (try? task.make(type, in: scope(of: number, task, step)) as? any LoopingFlowable)?.pace
    }
}

extension Owner.Phase {
    fileprivate init(_ role: CompiledTask.Role) {
        switch role {
        case .tasks, .onPause: self = .tasks
        case .errors: self = .errors
        case .finally: self = .finally
        case .listeners: self = .listeners
        case .afterExecution: self = .afterExecution
        }
    }
}

extension Owner {
    /// Sets the lanes to where their latest children stand.
    fileprivate mutating func resume(latest: [Int: (position: Int, hasEnded: Bool)]) {
        ready = Lanes()
        if let dependencies = plan.dependencies {
            let ended = Set(latest.filter(\.value.hasEnded).keys)
            missing = dependencies.map { $0.count { !ended.contains($0) } }
            for lane in missing.indices where missing[lane] == 0 && latest[lane] == nil { ready.append(lane) }
            finishedLanes = ended.count
            return
        }
        nextLane = (latest.keys.max() ?? -1) + 1
        for (lane, last) in latest.sorted(by: { $0.key < $1.key }) where last.hasEnded {
            if last.position + 1 < plan.laneLength {
                ready.append(lane, at: last.position + 1)
            } else {
                finishedLanes += 1
            }
        }
    }
}

/// Where each value of a plan stands among the values.
private struct ValuePlaces {
    private var places: [String: Int] = [:]

    init(_ plan: Plan) {
        for (place, value) in (plan.values ?? []).enumerated() { places[value] = place }
    }

    func iteration(of value: String?) -> Int? { value.flatMap { places[$0] } }
}
