import EngineCore
import FlowModel
import Synchronization
import TaskKit

/// Lines of a running task on their way to the executor.
///
/// What comes while one batch travels makes up the next. No line is dropped: a task that passes on what others write, such
/// as a script, asks for room and lets the writer wait until the batch before is on disk.
final class LogBuffer: Sendable {
    /// Lines and bytes that wait before there is no room for more.
    static let maxLines = 8192
    static let maxBytes = 4 << 20
    /// Lines that travel before one batch waits for the disk.
    private static let aheadOfDisk = 512

    private struct State {
        var lines: [LogEntry] = []
        var bytes = 0
        var isClosed = false
        /// No line is earlier: clocks are set back, and long lines are stored in pieces that are told as a little later.
        var earliest = Timestamp.earliest
        /// Called when there is room again.
        var waiting: [@Sendable () -> Void] = []

        var isFull: Bool { lines.count >= LogBuffer.maxLines || bytes >= LogBuffer.maxBytes }
    }

    private let job: Worker.Job
    private let executor: Executor
    private let clock: any FlowClock
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(job: Worker.Job, executor: Executor, clock: any FlowClock) {
        self.job = job
        self.executor = executor
        self.clock = clock
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func append(_ level: LogLevel, _ message: String) {
        let isFirst = state.withLock { state in
            if state.isClosed { return false }
            let now = max(clock.now, state.earliest)
            state.earliest = now
            state.lines.append(
                LogEntry(at: now, level: level, message: message, taskRun: job.taskRun, attempt: job.attempt))
            state.bytes += message.utf8.count
            return state.lines.count == 1
        }
        if isFirst { signal.yield() }
    }

    /// Whether more lines are welcome now; when not, `again` is called once there is room.
    func hasRoom(orElse again: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if state.isClosed || !state.isFull { return true }
            state.waiting.append(again)
            return false
        }
    }

    /// Hands lines over as they come, until the buffer is closed.
    func travel() async {
        var ahead = 0
        for await _ in signals {
            let lines = take()
            if lines.isEmpty { continue }
            ahead += lines.count
            if ahead < Self.aheadOfDisk {
                await executor.take(logs: lines, for: job.execution)
            } else {
                ahead = 0
                // Fails only when the engine stops: nothing is stored any more.
                try? await executor.takeAndSave(logs: lines, for: job.execution)
            }
        }
    }

    /// Takes no more lines; ``travel()`` ends.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.finish()
    }

    /// Hands over what is left, so that it is stored before the end of the attempt.
    func flush() async {
        let rest = take()
        if !rest.isEmpty { await executor.take(logs: rest, for: job.execution) }
    }

    private func take() -> [LogEntry] {
        let (lines, waiting) = state.withLock { state in
            let taken = (state.lines, state.waiting)
            if let last = state.lines.last {
                state.earliest = last.at.advanced(by: .milliseconds(Int64(LogLines.mostPieces(of: last.message) - 1)))
            }
            state.lines = []
            state.bytes = 0
            state.waiting = []
            return taken
        }
        for again in waiting { again() }
        return lines
    }
}
