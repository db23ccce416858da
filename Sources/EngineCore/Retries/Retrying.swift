import FlowModel

extension ExecutionState {
    /// After a failed attempt: has the task run tried again when its policy allows.
    /// - Returns: whether nothing more is to be decided about the task run now.
    mutating func retry(_ number: Int, _ task: CompiledTask, _ step: inout Step) -> Bool {
        guard let policy = task.retry, !runs[number].isAfter, task.kind.isFlowable == false else { return false }
        switch policy.behavior {
        case .retryFailedTask:
            guard let due = retryDate(number, policy) else { return false }
            runs[number].due = due
            set(.retrying, of: number, &step)
            if execution.state.current == .running { set(.retrying, &step) }
            step.order(.wake(EngineTimer(.retry, taskRun: number, at: due)))
            return true
        case .createNewExecution:
            return replace(number, policy, &step)
        }
    }

    func retryDate(_ number: Int, _ policy: Retry) -> Timestamp? {
        let attempts = runs[number].run.attempts
        guard let first = attempts.first, let last = attempts.last else { return nil }
        return policy.nextDate(
            made: attempts.count, first: first.state.startDate, last: last.state.lastChange,
            seed: execution.id.chance(taskRun: number, attempt: attempts.count))
    }

    /// The date has come: the task run gets its next attempt.
    mutating func tryAgain(_ number: Int, _ step: inout Step) {
        runs[number].due = nil
        set(.created, of: number, &step)
        if retryingRuns == 0, execution.state.current == .retrying { goOn(&step) }
        queue.append(.dispatch(number))
    }

    /// Ends the execution as RETRIED and orders the next one, which begins at the retry's date.
    /// Source: engine spec §5.2, §8.10.
    private mutating func replace(_ number: Int, _ policy: Retry, _ step: inout Step) -> Bool {
        let due = policy.nextDate(
            made: execution.attemptNumber, first: execution.originalCreatedDate, last: step.now,
            seed: execution.id.chance(taskRun: number, attempt: execution.attemptNumber))
        guard let due, !execution.state.current.isTerminated else { return false }
        var ancestor: Int? = number
        while let current = ancestor, runs.contains(current) {
            set(.retried, of: current, &step)
            owners[current] = nil
            ancestor = runs[current].run.parent
        }
        step.order(.startReplacement(replacement(due: due, step)))
        conclude(.retried, &step)
        return true
    }

    private func replacement(due: Timestamp, _ step: Step) -> Execution {
        let now = step.now
        let chance = execution.id.chance(taskRun: -1, attempt: execution.attemptNumber)
        let id =
            step.surroundings.newID?()
            ?? ExecutionID(at: now, sequence: UInt32(truncatingIfNeeded: chance >> 44), random: chance)
        var next = Execution(
            id: id, namespace: execution.namespace, flowID: execution.flowID, flowRevision: execution.flowRevision,
            createdAt: now)
        next.inputs = execution.inputs
        next.labels = execution.labels
        next.trigger = execution.trigger
        next.parentID = execution.id
        next.originalID = execution.originalID
        next.originalCreatedDate = execution.originalCreatedDate
        next.attemptNumber = execution.attemptNumber + 1
        next.scheduleDate = due
        return next
    }
}
