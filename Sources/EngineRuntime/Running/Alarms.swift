import EngineCore
import FlowModel
import HeapModule
import Synchronization
import TaskKit

/// Wakes executions at their moments. The moments are rows too, so they outlive a restart; this holds them in order and
/// sleeps until the nearest.
///
/// Setting and cancelling take effect in the order of the calls.
final class Alarms: Sendable {
    private struct Alarm: Comparable {
        var due: Timestamp
        var order: UInt64
        var name: Name
        var timer: EngineTimer

        static func < (one: Alarm, other: Alarm) -> Bool { (one.due, one.order) < (other.due, other.order) }
        static func == (one: Alarm, other: Alarm) -> Bool { one.order == other.order }
    }
    private struct Name: Hashable {
        var execution: ExecutionID
        var kind: EngineTimer.Kind
        var taskRun: Int?

        init(_ timer: EngineTimer, _ id: ExecutionID) { (execution, kind, taskRun) = (id, timer.kind, timer.taskRun) }
    }
    private struct State {
        var heap = Heap<Alarm>()
        /// The newest alarm of each name; others in the heap are void.
        var current: [Name: UInt64] = [:]
        var counter: UInt64 = 0
        var sleeper: Task<Void, Never>?
        var sleepsUntil: Timestamp?
        var isStopped = false

        /// Void alarms go when they outnumber the others, so that a cancelled month-long pause costs no memory for a month.
        mutating func tidy() {
            guard heap.count > 2 * current.count + 256 else { return }
            heap = Heap(heap.unordered.filter { current[$0.name] == $0.order })
        }

        mutating func takeDue(at now: Timestamp) -> [Alarm] {
            var due: [Alarm] = []
            while let alarm = heap.min, alarm.due <= now {
                heap.removeMin()
                guard current[alarm.name] == alarm.order else { continue }
                current[alarm.name] = nil
                due.append(alarm)
            }
            return due
        }
    }

    private let clock: any FlowClock
    private let executor: Executor
    private let state = Mutex(State())

    init(clock: any FlowClock, executor: Executor) {
        self.clock = clock
        self.executor = executor
    }

    func set(_ timer: EngineTimer, for id: ExecutionID) {
        state.withLock { state in
            if state.isStopped { return }
            state.counter += 1
            let name = Name(timer, id)
            state.current[name] = state.counter
            state.heap.insert(Alarm(due: timer.at, order: state.counter, name: name, timer: timer))
            state.tidy()
            schedule(&state)
        }
    }

    func cancel(_ timer: EngineTimer, for id: ExecutionID) {
        state.withLock { state in
            state.current[Name(timer, id)] = nil
            state.tidy()
        }
    }

    /// How many are set, and how many places they take.
    var load: (set: Int, places: Int) { state.withLock { ($0.current.count, $0.heap.count) } }

    func stop() {
        let sleeper = state.withLock { state in
            let sleeper = state.sleeper
            state = State()
            state.isStopped = true
            return sleeper
        }
        sleeper?.cancel()
    }

    private func schedule(_ state: inout State) {
        guard let next = state.heap.min?.due, !state.isStopped else { return }
        if let until = state.sleepsUntil, until <= next { return }
        state.sleeper?.cancel()
        state.sleepsUntil = next
        state.sleeper = Task { [clock, weak self] in
            guard (try? await clock.sleep(until: next)) != nil else { return }
            await self?.fire()
        }
    }

    private func fire() async {
        let due = state.withLock { state in
            state.sleepsUntil = nil
            let due = state.takeDue(at: clock.now)
            schedule(&state)
            return due
        }
        for alarm in due { await executor.wake(alarm.timer, for: alarm.name.execution) }
    }
}
