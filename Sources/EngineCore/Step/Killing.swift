import FlowModel

extension ExecutionState {
    /// The execution is KILLING while workers, or executions that it waits for, have not told that they are through with
    /// it, and KILLED then: who sees KILLED may rely on it that nothing runs any more. Source: engine spec §8.6; OUR RULE
    /// where that has the execution KILLED at once.
    mutating func kill(cascade: Bool, _ step: inout Step) {
        defer { if cascade { step.order(.killChildren) } }
        if isFinished || isKilled { return }
        if execution.state.current.isTerminated { isStopped = true } else { set(.killing, &step) }
        queue.removeAll()
        stopRuns(cascade: cascade, &step)
        if busyBelow[Self.top] == nil { concludeKilled(&step) }
    }

    /// Whether a kill is under way: of the execution, or of what runs after its end.
    var isKilled: Bool { execution.state.current == .killing || isStopped }

    /// Nobody is busy with what was killed any more.
    private mutating func concludeKilled(_ step: inout Step) {
        if execution.state.current == .killing { conclude(.killed, &step) } else { finish(&step) }
    }

    /// Ends all runs that nobody has, and has workers stop the others. With `cascade` a run that waits for an execution
    /// ends when that one, which is killed too, has ended.
    private mutating func stopRuns(cascade: Bool, _ step: inout Step) {
        let awaited = cascade ? children : [:]
        children = [:]
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
            case .running where child(of: number).map { awaited[$0] } == number:
                if let child = child(of: number) { children[child] = number }
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
    }

    /// After a restart of the server: what workers had is gone with it, what waits for an execution asks for its end again.
    mutating func takeUpKilling(_ step: inout Step) {
        for number in runs.numbers.reversed() {
            guard !runs[number].run.state.current.isTerminated else { continue }
            if busyBelow[number, default: 0] > 0 { continue }
            if let place = runs[number].task, let request = subflowRequest(number, step.flow.tasks[place], step) {
                children[request.child] = number
                markBusy(above: number)
                step.order(.startSubflow(request))
            } else {
                closeAttempt(number, .killed, &step)
                set(.killed, of: number, &step)
            }
        }
        if busyBelow[Self.top] == nil { conclude(.killed, &step) }
    }

    private mutating func markBusy(above number: Int) {
        var parent = runs[number].run.parent
        while let ancestor = parent, runs.contains(ancestor) {
            busyBelow[ancestor, default: 0] += 1
            parent = runs[ancestor].run.parent
        }
        busyBelow[Self.top, default: 0] += 1
    }

    /// Whoever had a run of a killed execution is through with it: flowables around it, and the execution, end when it was
    /// their last one.
    mutating func settleKilled(_ number: Int, _ step: inout Step) {
        if !runs[number].run.state.current.isTerminated { set(.killed, of: number, &step) }
        var parent = runs[number].run.parent
        while let ancestor = parent, runs.contains(ancestor), let busy = busyBelow[ancestor] {
            busyBelow[ancestor] = busy > 1 ? busy - 1 : nil
            if busy == 1, !runs[ancestor].run.state.current.isTerminated { set(.killed, of: ancestor, &step) }
            parent = runs[ancestor].run.parent
        }
        guard let busy = busyBelow[Self.top] else { return }
        busyBelow[Self.top] = busy > 1 ? busy - 1 : nil
        if busy == 1, isKilled { concludeKilled(&step) }
    }
}

extension CompiledTask {
    var isRunnable: Bool { if case .runnable = kind.work { true } else { false } }
}
