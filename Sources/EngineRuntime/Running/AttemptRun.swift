import EngineCore
import Expressions
import FlowModel
import TaskKit

extension TaskResult {
    /// What an attempt that was interrupted by a kill gave on its way out.
    var killed: TaskResult {
        var result = TaskResult(.killed, outputs: outputs)
        result.metrics = metrics
        return result
    }
}

/// One attempt at a runnable task, from rendering its properties to its result.
struct AttemptRun: Sendable {
    let job: Worker.Job
    let order: TaskOrder
    let scope: Scope
    let executor: Executor
    let services: Services
    private let metrics = RunMetrics()

    /// Runs the task; a task that takes longer than `timeout` is interrupted and has failed. Source: engine spec §5.3.
    func result(within timeout: ISODuration?) async -> TaskResult {
        let buffer = LogBuffer(job: job, executor: executor, clock: services.clock)
        // Not a child of this one: lines travel on while what was interrupted ends.
        let travel = Task { await buffer.travel() }
        let log = RunLog(
            level: order.task.task.logLevel, room: { buffer.hasRoom(orElse: $0) }, sink: { buffer.append($0, $1) })
        var result = await outcome(log, within: timeout)
        buffer.close()
        await travel.value
        await buffer.flush()
        result.metrics = metrics.all
        return result
    }

    private func outcome(_ log: RunLog, within timeout: ISODuration?) async -> TaskResult {
        guard let timeout else { return await run(log) }
        return await withTaskGroup(of: TaskResult?.self) { group in
            group.addTask { await run(log) }
            group.addTask { [clock = services.clock] in
                try? await clock.sleep(until: clock.now.advanced(by: timeout))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // The body is interrupted now; what it gives on its way out, such as outputs so far, is kept.
            let late = await group.next() ?? nil
            return TaskResult(.failed, outputs: late?.outputs, failure: "Timeout after \(timeout)")
        }
    }

    private func run(_ log: RunLog) async -> TaskResult {
        guard case .runnable(let type) = order.task.kind.work else {
            return TaskResult(.failed, failure: "\(order.task.task.type) is not run by a worker")
        }
        let context = RunContext(
            identity: order.identity, scope: scope, log: log, services: services, task: order.task.task,
            metrics: metrics)
        return await run(type, context)
    }

    private func run<Runnable: RunnableTask>(_ type: Runnable.Type, _ context: RunContext) async -> TaskResult {
        do throws(TaskFailure) {
            let task = try PropertyReader.make(
                type, sources: order.task.sources, names: order.task.kind.propertyNames, in: scope)
            let outputs = try await task.run(context)
            return TaskResult(task.state(of: outputs), outputs: outputs.values)
        } catch {
            return TaskResult(.failed, outputs: error.outputs, failure: order.told(error))
        }
    }
}
