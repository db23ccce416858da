import EngineCore
import Expressions
import FlowModel
import Storage
import TaskKit

/// Carries out what saved steps ordered: work for the worker, alarms, executions of subflows, kills.
struct Dispatcher: ExecutorActions {
    let engine: Engine

    func carryOut(_ command: Command, for id: ExecutionID, flow: CompiledFlow) {
        switch command {
        case .run(let number, let attempt, let timeout):
            let job = Worker.Job(execution: id, taskRun: number, attempt: attempt)
            Task { await engine.worker.submit(job, timeout: timeout) }
        case .stop(let number, let attempt):
            Task { await engine.worker.stop(Worker.Job(execution: id, taskRun: number, attempt: attempt)) }
        case .wake(let timer):
            Task { await engine.alarms.set(timer, for: id) }
        case .cancelWake(let timer):
            Task { await engine.alarms.cancel(timer, for: id) }
        case .startSubflow(let request):
            Task { await startSubflow(request, of: id) }
        case .killChildren:
            Task {
                await attempting("kill the executions that \(id) started") { try await engine.killChildren(of: id) }
            }
        case .startReplacement(let execution):
            Task {
                await attempting("start \(execution.id), the next try after \(id)") { try await startReplacement(execution) }
            }
        case .ended, .proceed, .finished: break
        }
    }

    func finished(_ snapshot: ExecutionSnapshot, variables: any Variables) {
        let execution = snapshot.execution
        Task { await engine.scheduler.finished(execution) }
        guard let parent = execution.trigger?.variables["executionId"]?.string.flatMap({ ExecutionID($0) }) else { return }
        let end = SubflowEnd(
            child: execution.id, state: execution.state.current, outputs: execution.outputs, variables: variables)
        Task { await engine.executor.take(.subflowEnded(end), for: parent) }
    }

    private func startSubflow(_ request: SubflowRequest, of parent: ExecutionID) async {
        let (number, attempt) = (request.taskRun, request.attempt)
        do {
            if try await engine.store.execution(request.child) == nil, await !engine.executor.isActive(request.child) {
                var start = StartRequest(
                    namespace: request.namespace, flowID: request.flowID, revision: request.revision,
                    inputs: request.inputs, labels: request.labels)
                start.scheduleDate = request.scheduleDate
                start.executionID = request.child
                start.trigger = request.trigger
                start.ownsLabels = true
                let flow = try await engine.subflow(request)
                _ = try await engine.start(
                    start, of: flow, more: [.linkChild(child: request.child, parent: parent, taskRun: number)])
            }
            await engine.executor.take(.subflowStarted(number, attempt: attempt), for: parent)
            await tellIfEnded(request.child, parent)
        } catch {
            await engine.executor.take(.subflowRefused(number, attempt: attempt, "\(error)"), for: parent)
        }
    }

    /// A child that a former process had finished tells its end now.
    private func tellIfEnded(_ child: ExecutionID, _ parent: ExecutionID) async {
        guard await !engine.executor.isActive(child), let stored = try? await engine.store.snapshot(child), !stored.isOpen
        else { return }
        let end = SubflowEnd(child: child, state: stored.execution.state.current, outputs: stored.execution.outputs)
        await engine.executor.take(.subflowEnded(end), for: parent)
    }

    private func startReplacement(_ execution: Execution) async throws {
        if try await engine.store.execution(execution.id) != nil { return }
        let key = FlowKey(execution.namespace, execution.flowID)
        let flow = try await engine.runnable(key, revision: execution.flowRevision)
        await engine.begin(execution, flow: flow)
    }

    private func attempting(_ what: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            engine.log.error("Could not \(what): \(error)")
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
}
