import EngineCore
import FlowModel
import Storage

/// What happens once a step is saved: its commands, the end of an execution, and the news for others.
extension Executor {
    func act(on item: Pending) {
        item.saved?.resume()
        if let news = item.news { take(news.event, for: news.to) }
        guard let actions, stop == nil else { return }
        let execution = item.execution
        for command in item.commands {
            switch command {
            case .proceed: break  // went on already, see `settle`
            case .finished: finish(execution)
            default: actions.carryOut(command, for: execution.id, flow: execution.flow)
            }
        }
    }

    private func finish(_ execution: ActiveExecution) {
        active[execution.id] = nil
        forget(execution)
        // Interrupted attempts tell their ends a little later: their rows wait for that.
        if execution.state.execution.state.current != .success, execution.hasAttempts {
            closing[execution.id] = execution
        }
        if !execution.watchers.isEmpty { execution.watchers.end(with: execution.snapshot) }
        let ended = execution.state.execution
        if ended.trigger != nil {
            tellParent(of: execution)
            actions?.finished(ended)
        }
        wakeNext(in: execution.key)
    }

    /// It counts no more among those that another one started.
    func forget(_ execution: ActiveExecution) {
        guard let root = execution.line?.root else { return }
        if execution.isCounted {
            descendants.ends(below: root, rootIsActive: active[root] != nil)
        } else {
            descendants.rootEnds(root)
        }
    }

    private func tellParent(of execution: ActiveExecution) {
        let ended = execution.state.execution
        guard let parent = ended.trigger?.variables["executionId"]?.string.flatMap({ ExecutionID($0) }),
            active[parent] != nil
        else { return }
        let variables = execution.state.variables(of: execution.flow, with: execution.surroundings)
        take(
            .subflowEnded(
                SubflowEnd(child: ended.id, state: ended.state.current, outputs: ended.outputs, variables: variables)),
            for: parent)
    }

    /// Gives places that are free to those that wait for them.
    func wakeNext(in key: FlowKey) {
        while let next = places.next(in: key), let execution = active[next] {
            if let limit = execution.flow.flow.concurrency?.limit, places.occupied(in: key) >= limit { return }
            take(.unqueued, for: next)
            if execution.isQueued { return }
        }
    }
}

/// What the executor has others do, once the step that ordered it is saved. Returns at once; answers come as events.
protocol ExecutorActions: Sendable {
    func carryOut(_ command: Command, for id: ExecutionID, flow: CompiledFlow)
    func finished(_ execution: Execution)
}
