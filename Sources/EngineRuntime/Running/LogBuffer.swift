import EngineCore
import FlowModel
import Synchronization
import TaskKit

/// Lines of a running task on their way to the executor.
///
/// What comes while one batch travels makes up the next. A task that writes faster than lines can be stored fills the
/// buffer; lines beyond it are dropped and counted by a WARN line where they are missing.
final class LogBuffer: Sendable {
    /// Lines and bytes that wait at most.
    static let maxLines = 20_000
    static let maxBytes = 8 << 20
    /// Lines that travel before one batch waits for the disk.
    private static let aheadOfDisk = 512

    private struct State {
        var lines: [LogEntry] = []
        var bytes = 0
        var dropped = 0
        var isClosed = false
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
        let now = clock.now
        let isFirst = state.withLock { state in
            if state.isClosed { return false }
            guard state.lines.count < Self.maxLines, state.bytes < Self.maxBytes else {
                state.dropped += 1
                return false
            }
            state.lines.append(entry(level, message, now))
            state.bytes += message.utf8.count
            return state.lines.count == 1
        }
        if isFirst { signal.yield() }
    }

    private func entry(_ level: LogLevel, _ message: String, _ now: Timestamp) -> LogEntry {
        LogEntry(at: now, level: level, message: message, taskRun: job.taskRun, attempt: job.attempt)
    }

    /// Hands lines over as they come, until the buffer is closed or the task is cancelled.
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
        let now = clock.now
        return state.withLock { state in
            var lines = state.lines
            if state.dropped > 0 {
                lines.append(
                    entry(
                        .warn, "\(state.dropped) log lines were dropped here: they came faster than they can be stored",
                        now))
            }
            state.lines = []
            state.bytes = 0
            state.dropped = 0
            return lines
        }
    }
}
