import FlowModel

extension ExecutionRows {
    /// The execution goes on where it failed or paused. Source: engine spec §8.2.
    /// - Parameters:
    ///   - flow: the revision to go on with.
    ///   - id: the id of the new execution when another revision was asked for; nil for the same execution.
    public func restarted(
        with flow: CompiledFlow, as id: ExecutionID? = nil, at now: Timestamp
    ) throws(OperationRefusal) -> ExecutionRows {
        let current = execution.state.current
        guard current.isTerminated || current == .paused else {
            throw .conflict("Execution must be terminated to be restarted, current state is '\(current.rawValue)' !")
        }
        var rows = self
        rows.removeHandlers(of: flow, reopened: Set(taskRuns.map(\.number)))
        let stuck = rows.taskRuns.filter { $0.state.current == .failed || $0.state.current == .paused }.map(\.number)
        if stuck.isEmpty { throw .unprocessable("No task found to restart execution from!") }
        let reopened = rows.withAncestors(stuck)
        rows = self
        rows.removeHandlers(of: flow, reopened: reopened)
        rows.reopen(reopened, of: flow, at: now)
        rows.restart(at: now)
        rows.execution.attemptNumber += 1
        if let id { rows.renew(as: id, revision: flow.flow.revision) }
        return rows
    }
}
