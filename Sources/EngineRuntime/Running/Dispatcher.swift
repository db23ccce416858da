import EngineCore
import FlowModel
import Storage
import TaskKit

/// Carries out what saved steps ordered: work for the worker, alarms, executions of subflows, kills.
///
/// Orders that may contradict each other (run and stop, wake and cancel) reach their addressee in the order of the calls.
struct Dispatcher: ExecutorActions {
    let engine: Engine

    func carryOut(_ command: Command, for id: ExecutionID, flow: CompiledFlow) {
        switch command {
        case .run(let number, let attempt, let timeout):
            engine.worker.submit(Worker.Job(execution: id, taskRun: number, attempt: attempt), timeout: timeout)
        case .stop(let number, let attempt):
            engine.worker.stop(Worker.Job(execution: id, taskRun: number, attempt: attempt))
        case .wake(let timer): engine.alarms.set(timer, for: id)
        case .cancelWake(let timer): engine.alarms.cancel(timer, for: id)
        case .startSubflow(let request):
            engine.starts.run { await startSubflow(request, of: id) }
        case .killChildren:
            engine.errands.run { await engine.killNotedChildren(of: id) }
        case .startReplacement(let execution):
            engine.errands.run { await startReplacement(execution, after: id) }
        case .ended, .proceed, .finished: break
        }
    }

    func finished(_ execution: Execution) {
        engine.errands.run { await engine.scheduler.finished(execution) }
    }

    private func startSubflow(_ request: SubflowRequest, of parent: ExecutionID) async {
        let (number, attempt) = (request.taskRun, request.attempt)
        do {
            if try await engine.store.execution(request.child) == nil {
                var start = StartRequest(
                    namespace: request.namespace, flowID: request.flowID, revision: request.revision,
                    inputs: request.inputs, labels: request.labels)
                start.scheduleDate = request.scheduleDate
                start.executionID = request.child
                start.trigger = request.trigger
                start.ownsLabels = true
                try await engine.checkDepth(below: parent, asking: FlowKey(request.namespace, request.flowID))
                let flow = try await engine.subflow(request)
                // The executor tells the parent, before anything that the child does.
                let link = Change.linkChild(child: request.child, parent: parent, taskRun: number)
                let asker = Executor.Beginning.Asker(execution: parent, taskRun: number, attempt: attempt)
                _ = try await engine.start(
                    start, of: flow, Executor.Beginning(more: [link], isPatient: true, asker: asker))
            } else {
                await engine.executor.take(.subflowStarted(number, attempt: attempt), for: parent)
                await tellIfEnded(request.child, parent)
            }
        } catch let error as StorageError where error.kind == .duplicate {
            await engine.executor.take(.subflowMoved(number, attempt: attempt, to: engine.ids.next()), for: parent)
        } catch is StorageError {
            engine.unstarted.add(1, ordering: .relaxed)
        } catch EngineRefusal.unavailable {
            // The next start of the server asks again.
        } catch {
            await engine.executor.take(.subflowRefused(number, attempt: attempt, "\(error)"), for: parent)
        }
    }

    /// A child that a former process had finished tells its end now.
    private func tellIfEnded(_ child: ExecutionID, _ parent: ExecutionID) async {
        guard await !engine.executor.isActive(child), let stored = try? await engine.store.snapshot(child),
            !stored.isOpen
        else { return }
        let end = SubflowEnd(child: child, state: stored.execution.state.current, outputs: stored.execution.outputs)
        await engine.executor.take(.subflowEnded(end), for: parent)
    }

    /// The row of the execution was saved with the step that ordered it.
    private func startReplacement(_ execution: Execution, after id: ExecutionID) async {
        do {
            let key = FlowKey(execution.namespace, execution.flowID)
            let flow = try await engine.runnable(key, revision: execution.flowRevision)
            try await engine.begin(execution, flow: flow, Executor.Beginning(isStored: true, isPatient: true))
        } catch let refusal as EngineRefusal {
            if case .unavailable = refusal { return }
            engine.log.error("Execution \(execution.id), the next try after \(id), ends as FAILED: \(refusal)")
            await engine.endUnread(execution)
        } catch {
            engine.log.error(
                "Execution \(execution.id), the next try after \(id), starts with the server again: \(error)")
        }
    }
}

extension Engine {
    /// The flow that a task asks for, or why there is none. Source: engine spec §4.13.
    func subflow(_ request: SubflowRequest) async throws -> CompiledFlow {
        do {
            return try await runnable(FlowKey(request.namespace, request.flowID), revision: request.revision)
        } catch EngineRefusal.notFound {
            let revision = request.revision.map(String.init) ?? "the latest"
            throw EngineRefusal.notFound(
                "Unable to find flow '\(request.namespace)'.'\(request.flowID)' with revision '\(revision)'")
        }
    }

    /// Kills the executions that an execution started, as a note in the store says; then the note goes.
    func killNotedChildren(of id: ExecutionID) async {
        do {
            try await killChildren(of: id, isPatient: true)
            try await room.commit([KillNote.change(id, isOpen: false)])
        } catch {
            log.error("Not all executions that \(id) started are killed; the next start of the server does: \(error)")
        }
    }
}
