import FlowModel

extension ExecutionRows {
    /// A task run is given a state by hand, and the execution goes on from there. Source: engine spec §8.4.
    public func marked(
        _ number: Int, as state: State, with flow: CompiledFlow, at now: Timestamp
    ) throws(OperationRefusal) -> ExecutionRows {
        guard let target = run(number) else { throw .unprocessable("No task found with this id!") }
        var rows = self
        let ancestors = withAncestors([number]).subtracting([number])
        rows.removeHandlers(of: flow, reopened: ancestors)
        guard rows.run(number) != nil else {
            throw .unprocessable("Task '\(target.taskID)' belongs to a handler that would run again.")
        }
        rows.reopen(ancestors, of: flow, at: now)
        for place in rows.taskRuns.indices where rows.taskRuns[place].number == number {
            rows.taskRuns[place].state.set(state, at: now)
            if let last = rows.taskRuns[place].attempts.indices.last {
                rows.taskRuns[place].attempts[last].state.set(state, at: now)
            }
        }
        let othersPaused = rows.taskRuns.contains { $0.number != number && $0.state.current == .paused }
        if othersPaused { rows.execution.state.set(.paused, at: now) } else { rows.restart(at: now) }
        return rows
    }

    /// The execution alone is given another final state. Source: engine spec §8.4.
    public func concluded(as state: State, at now: Timestamp) throws(OperationRefusal) -> ExecutionRows {
        guard state.isTerminated else {
            throw .unprocessable("You can only change the status of an execution to a terminal state.")
        }
        guard execution.state.current.isTerminated else {
            throw .unprocessable("You can only change the status of a terminated execution.")
        }
        var rows = self
        rows.execution.state.set(state, at: now)
        return rows
    }
}
