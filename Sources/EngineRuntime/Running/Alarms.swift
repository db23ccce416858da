import EngineCore
import FlowModel
import HeapModule
import Storage
import TaskKit

/// Wakes executions at their moments. The moments are rows too, so they outlive a restart; this holds them in order and
/// sleeps until the nearest.
actor Alarms {
    private struct Alarm: Comparable {
        var due: Timestamp
        var order: UInt64
        var execution: ExecutionID
        var timer: EngineTimer

        static func < (one: Alarm, other: Alarm) -> Bool { (one.due, one.order) < (other.due, other.order) }
        static func == (one: Alarm, other: Alarm) -> Bool { one.order == other.order }
    }
    private struct Name: Hashable {
        var execution: ExecutionID
        var kind: EngineTimer.Kind
        var taskRun: Int?
    }

    private let clock: any FlowClock
    private let executor: Executor
    private var heap = Heap<Alarm>()
    /// The newest alarm of each name; others in the heap are void.
    private var current: [Name: UInt64] = [:]
    private var counter: UInt64 = 0
    private var sleeper: Task<Void, Never>?
    private var sleepsUntil: Timestamp?

    init(clock: any FlowClock, executor: Executor) {
        self.clock = clock
        self.executor = executor
    }

    func set(_ timer: EngineTimer, for id: ExecutionID) {
        counter += 1
        current[Name(execution: id, kind: timer.kind, taskRun: timer.taskRun)] = counter
        heap.insert(Alarm(due: timer.at, order: counter, execution: id, timer: timer))
        schedule()
    }

    func cancel(_ timer: EngineTimer, for id: ExecutionID) {
        current[Name(execution: id, kind: timer.kind, taskRun: timer.taskRun)] = nil
    }

    func stop() {
        sleeper?.cancel()
        heap = Heap()
        current = [:]
    }

    private func schedule() {
        guard let next = heap.min?.due else { return }
        if let sleepsUntil, sleepsUntil <= next { return }
        sleeper?.cancel()
        sleepsUntil = next
        sleeper = Task { [clock, weak self] in
            guard (try? await clock.sleep(until: next)) != nil else { return }
            await self?.fire()
        }
    }

    private func fire() async {
        sleepsUntil = nil
        let now = clock.now
        while let alarm = heap.min, alarm.due <= now {
            heap.removeMin()
            let name = Name(execution: alarm.execution, kind: alarm.timer.kind, taskRun: alarm.timer.taskRun)
            guard current[name] == alarm.order else { continue }
            current[name] = nil
            await executor.wake(alarm.timer, for: alarm.execution)
        }
        schedule()
    }
}
