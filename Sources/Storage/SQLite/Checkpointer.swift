import CSQLite
import Dispatch
import Foundation
import Synchronization

/// Carries the write-ahead log over into the database on a thread and a connection of its own, so that commits do not wait.
///
/// While it works the log grows on. Only the little that was added meanwhile is carried over by the writer itself, between two
/// transactions; then the log is used from its beginning again.
final class Checkpointer: Sendable {
    private struct State {
        var isAsked = false
        /// A carry-over has ended, the rest is the writer's.
        var isNearlyDone = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let pages: Int

    /// Takes over the connection, which nobody else may use any more, and closes it at its end.
    init(_ connection: Connection, threshold: Int) {
        pages = max(threshold / 4096, 100)
        nonisolated(unsafe) let handle = connection.handle
        let thread = Thread { [self] in
            while true {
                wake.wait()
                if state.withLock(\.isClosed) { break }
                Self.checkpoint(handle)
                state.withLock { state in
                    state.isNearlyDone = true
                    state.isAsked = false
                }
            }
            sqlite3_close(handle)
            ended.signal()
        }
        thread.name = "storage checkpoint"
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Called by the writer between two transactions, with how many frames the log has.
    func afterCommit(_ writer: OpaquePointer, frames: Int) {
        let mustFinish = state.withLock { state in
            defer { state.isNearlyDone = false }
            return state.isNearlyDone
        }
        if mustFinish { Self.checkpoint(writer) }
        guard frames >= pages, !mustFinish else { return }
        let mustWake = state.withLock { state in
            if state.isAsked || state.isClosed { return false }
            state.isAsked = true
            return true
        }
        if mustWake { wake.signal() }
    }

    func close() {
        let mustWait = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard mustWait else { return }
        wake.signal()
        ended.wait()
    }

    /// What cannot be carried over now, because a reader needs it or the disk refuses, is tried again later.
    private static func checkpoint(_ connection: OpaquePointer) {
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
