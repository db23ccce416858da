import FlowModel
import Logging
import Storage
import Synchronization
import TaskKit

/// Knows whether the disk has room for what the engine writes. Who finds it full waits here and tries again; what callers ask
/// for is refused meanwhile.
final class DiskRoom: Sendable {
    private struct State {
        var fault: StorageError?
        var isClosed = false
        var sleepers: [Int: Task<Void, Never>] = [:]
        var counter = 0
    }

    private static let pause = ISODuration.seconds(5)

    private let store: any Store
    private let clock: any FlowClock
    private let log: Logger
    private let state = Mutex(State())

    init(store: any Store, clock: any FlowClock, log: Logger) {
        self.store = store
        self.clock = clock
        self.log = log
    }

    /// What the disk said; nil while there is room.
    var fault: StorageError? { state.withLock { $0.fault } }

    /// Refuses what would write.
    func check() throws(StorageError) {
        if let fault { throw fault }
    }

    /// Saves changes, however long it takes until there is room for them.
    /// - Throws: what is not a matter of room; `diskFull` when the engine stops before there is any.
    func commit(_ changes: [Change]) async throws(StorageError) {
        while true {
            do throws(StorageError) {
                try await store.commit(changes)
                return found()
            } catch {
                guard error.kind == .diskFull else { throw error }
                lost(because: error)
                guard await wait() else { throw error }
            }
        }
    }

    /// Something could not be written.
    func lost(because fault: StorageError) {
        let isNew = state.withLock { state in
            defer { state.fault = fault }
            return state.fault == nil
        }
        guard isNew else { return }
        log.error(
            "No room is left on the disk: executions halt and writes are refused until there is some; it is tried again every \(Self.pause): \(fault)"
        )
    }

    /// Lets some time pass. - Returns: whether to try again; false when the engine stops.
    func wait() async -> Bool {
        let task = state.withLock { state -> Task<Void, Never>? in
            if state.isClosed { return nil }
            state.counter += 1
            let number = state.counter
            let task = Task { [clock] in
                try? await clock.sleep(until: clock.now.advanced(by: Self.pause))
                self.state.withLock { $0.sleepers[number] = nil }
            }
            state.sleepers[number] = task
            return task
        }
        guard let task else { return false }
        await task.value
        return !state.withLock(\.isClosed)
    }

    /// A change that is of no use but to see whether it can be written.
    var probe: Change {
        .mark(space: "engine.room", key: "probe", value: Array("\(clock.now.milliseconds)".utf8))
    }

    /// Something was written.
    func found() {
        let wasFull = state.withLock { state in
            defer { state.fault = nil }
            return state.fault != nil
        }
        if wasFull { log.notice("There is room on the disk again: executions go on") }
    }

    /// Nobody waits any more.
    func close() {
        let sleepers = state.withLock { state in
            state.isClosed = true
            return Array(state.sleepers.values)
        }
        for sleeper in sleepers { sleeper.cancel() }
    }
}
