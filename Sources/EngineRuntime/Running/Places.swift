import FlowModel

/// The places that executions take in their flows' concurrency limits, and the queues for them.
struct Places {
    /// Executions that wait for a place, the longest waiting first.
    private var queues: [FlowKey: [ExecutionID]] = [:]
    /// How many executions of a flow take a place.
    private var occupied: [FlowKey: Int] = [:]

    func occupied(in key: FlowKey) -> Int { occupied[key] ?? 0 }
    /// The execution that gets the next place that becomes free.
    func next(in key: FlowKey) -> ExecutionID? { queues[key]?.first }
    /// The flows with executions that wait for a place.
    var queued: [FlowKey] { Array(queues.keys) }

    /// Counts the execution as what it is by its state now.
    mutating func note(_ execution: ActiveExecution) {
        let state = execution.state.execution.state.current
        let takesPlace =
            state == .running || state == .paused || state == .restarted || state == .retrying || state == .killing
        note(execution, takesPlace: takesPlace)
        note(execution, isQueued: state == .queued)
    }

    mutating func leave(_ execution: ActiveExecution) {
        note(execution, takesPlace: false)
        note(execution, isQueued: false)
    }

    private mutating func note(_ execution: ActiveExecution, takesPlace: Bool) {
        if takesPlace == execution.takesPlace { return }
        execution.takesPlace = takesPlace
        let count = occupied(in: execution.key) + (takesPlace ? 1 : -1)
        occupied[execution.key] = count == 0 ? nil : count
    }

    private mutating func note(_ execution: ActiveExecution, isQueued: Bool) {
        if isQueued == execution.isQueued { return }
        execution.isQueued = isQueued
        if isQueued {
            queues[execution.key, default: []].append(execution.id)
        } else {
            queues[execution.key]?.removeAll { $0 == execution.id }
            if queues[execution.key]?.isEmpty == true { queues[execution.key] = nil }
        }
    }
}
