import FlowModel

extension ExecutionState {
    /// Source: engine spec §8.6.
    mutating func kill(cascade: Bool, _ step: inout Step) {
        if isFinished {
            if cascade { step.order(.killChildren) }
            return
        }
        let wasRunning = !execution.state.current.isTerminated
        if wasRunning { set(.killing, &step) }
        queue.removeAll()
        stopRuns(&step)
        if cascade { step.order(.killChildren) }
        if wasRunning {
            conclude(.killed, &step)
        } else {
            // What runs after the end is killed as well.
            owners = [:]
            isFinished = true
            step.order(.finished)
        }
    }

    /// Ends all runs that no worker has, and has workers stop the others.
    private mutating func stopRuns(_ step: inout Step) {
        for number in runs.numbers.reversed() {
            let run = runs[number].run
            guard !run.state.current.isTerminated, let place = runs[number].task else { continue }
            let task = step.flow.tasks[place]
            switch run.state.current {
            case .created, .restarted:
                if case .runnable = task.kind.work { step.order(.stop(number, attempt: run.attempts.count)) }
                set(.killed, of: number, &step)
            case .running where task.isRunnable:
                step.order(.stop(number, attempt: run.attempts.count - 1))
                markBusy(above: number)
            case .running where task.kind.isFlowable && busyBelow[number, default: 0] > 0:
                break
            case .paused, .retrying:
                if let timer = timer(of: number, step.flow) { step.order(.cancelWake(timer)) }
                if run.state.current == .paused { set(.killing, of: number, &step) }
                closeAttempt(number, .killed, &step)
                set(.killed, of: number, &step)
            default:
                closeAttempt(number, .killed, &step)
                set(.killed, of: number, &step)
            }
            runs[number].due = nil
        }
        children = [:]
    }

    private mutating func markBusy(above number: Int) {
        var parent = runs[number].run.parent
        while let ancestor = parent, runs.contains(ancestor) {
            busyBelow[ancestor, default: 0] += 1
            parent = runs[ancestor].run.parent
        }
    }

    /// A worker reported the end of a run of a killed execution: flowables around it end when it was their last one.
    mutating func settleKilled(_ number: Int, _ step: inout Step) {
        if !runs[number].run.state.current.isTerminated { set(.killed, of: number, &step) }
        var parent = runs[number].run.parent
        while let ancestor = parent, runs.contains(ancestor), let busy = busyBelow[ancestor] {
            busyBelow[ancestor] = busy > 1 ? busy - 1 : nil
            if busy == 1, !runs[ancestor].run.state.current.isTerminated { set(.killed, of: ancestor, &step) }
            parent = runs[ancestor].run.parent
        }
    }
}

extension CompiledTask {
    var isRunnable: Bool { if case .runnable = kind.work { true } else { false } }
}
