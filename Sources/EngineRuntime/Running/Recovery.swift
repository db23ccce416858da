import EngineCore
import FlowModel
import Storage

extension Engine {
    /// Takes up every execution that a former process had not finished. Their timers follow from their task runs, so they
    /// are set again by the way. Source: engine spec §9.3.
    func recover() async throws {
        // Ids count on from the last one, even when the clock was set back meanwhile.
        for last in try await store.executionIDs(ExecutionQuery(), limit: 1) { self.ids.pass(last) }
        var ids: [ExecutionID] = []
        var last: ExecutionID?
        while true {
            let batch = try await store.openExecutions(after: last, limit: 200)
            if batch.isEmpty { break }
            for snapshot in batch { try await recover(snapshot) }
            last = batch.last?.execution.id
            ids += batch.map(\.execution.id)
        }
        await executor.begin(takenUp: ids)
        for note in try await store.marks(space: KillNote.space, prefix: "") {
            guard let id = ExecutionID(note.key) else { continue }
            errands.run { await self.killNotedChildren(of: id) }
        }
        if !ids.isEmpty { log.info("Took up \(ids.count) executions that were not finished") }
    }

    private func recover(_ snapshot: ExecutionSnapshot) async throws {
        let execution = snapshot.execution
        let key = FlowKey(execution.namespace, execution.flowID)
        // The flow may have been deleted since: its revision is still there.
        guard let loaded = try await shelf.flow(key, revision: execution.flowRevision), let flow = loaded.compiled
        else {
            log.error(
                "Execution \(execution.id) cannot go on: revision \(execution.flowRevision) of \(key) cannot be read; it ends as FAILED"
            )
            return await endUnread(execution)
        }
        let errors = ErrorLog()
        let lines = try await store.logs(of: execution.id, after: nil, LogFilter(minLevel: .error), limit: 1000)
        let taskIDs = Dictionary(
            snapshot.taskRuns.map { ($0.number, $0.taskID) }, uniquingKeysWith: { first, _ in first })
        errors.append(lines.map(\.entry), taskID: { taskIDs[$0] }, execution: execution.id)
        let mask = mask(of: execution, flow: flow)
        // What the tasks before the restart read may be in their outputs.
        for name in SecretNames.literal(in: loaded.source) { secrets.value(name).map(mask.remember) }
        let surroundings = surroundings(namespace: execution.namespace, errors: errors, mask: mask)
        let (state, decision) = ExecutionState.restored(
            execution, taskRuns: snapshot.taskRuns, of: flow, at: clock.now, with: surroundings)
        let active = ActiveExecution(state, flow: flow, surroundings: surroundings, errors: errors, mask: mask)
        await executor.resume(active, decision)
    }

    /// Ends an execution whose flow cannot be run: it is FAILED, unless it had ended already, and who waits for it is told.
    func endUnread(_ execution: Execution) async {
        var ended = execution
        if !ended.state.current.isTerminated { ended.state.set(.failed, at: clock.now) }
        do {
            try await room.commit([.updateExecution(ended, isOpen: false), .removeTimers(execution.id)])
        } catch {
            return log.error(
                "The end of execution \(execution.id) could not be saved; the next start of the server tries again: \(error)"
            )
        }
        guard let trigger = ended.trigger else { return }
        if let parent = trigger.variables["executionId"]?.string.flatMap({ ExecutionID($0) }) {
            let end = SubflowEnd(child: ended.id, state: ended.state.current, outputs: ended.outputs)
            await executor.take(.subflowEnded(end), for: parent)
        }
        errands.run { [ended] in await self.scheduler.finished(ended) }
    }
}
