import EngineCore
import FlowModel
import Storage

extension Engine {
    /// Takes up every execution that a former process had not finished. Source: engine spec §9.3.
    func recover() async throws {
        var last: ExecutionID?
        var count = 0
        while true {
            let batch = try await store.openExecutions(after: last, limit: 200)
            if batch.isEmpty { break }
            for snapshot in batch { try await recover(snapshot) }
            last = batch.last?.execution.id
            count += batch.count
        }
        for row in try await store.timers(dueBy: nil, limit: nil) {
            if let timer = EngineTimer(row) { await alarms.set(timer, for: row.execution) }
        }
        if count > 0 { log.info("Took up \(count) executions that were not finished") }
    }

    private func recover(_ snapshot: ExecutionSnapshot) async throws {
        let execution = snapshot.execution
        let key = FlowKey(execution.namespace, execution.flowID)
        // The flow may have been deleted since: its revision is still there.
        guard let flow = try await shelf.flow(key, revision: execution.flowRevision)?.compiled else {
            log.error(
                "Execution \(execution.id) cannot go on: revision \(execution.flowRevision) of \(key) cannot be read; it ends as FAILED")
            var ended = execution
            ended.state.set(.failed, at: clock.now)
            try await store.commit([.updateExecution(ended, isOpen: false), .removeTimers(execution.id)])
            return
        }
        let errors = ErrorLog()
        let lines = try await store.logs(of: execution.id, after: nil, LogFilter(minLevel: .error), limit: 1000)
        let taskIDs = Dictionary(snapshot.taskRuns.map { ($0.number, $0.taskID) }, uniquingKeysWith: { first, _ in first })
        errors.append(lines.map(\.entry), taskID: { taskIDs[$0] }, execution: execution.id)
        let mask = mask(of: execution, flow: flow)
        let surroundings = surroundings(namespace: execution.namespace, errors: errors, mask: mask)
        let (state, decision) = ExecutionState.restored(
            execution, taskRuns: snapshot.taskRuns, of: flow, at: clock.now, with: surroundings)
        let active = ActiveExecution(state, flow: flow, surroundings: surroundings, errors: errors, mask: mask)
        await executor.resume(active, decision)
    }
}
