import FlowModel
import Storage

/// What someone who watches an execution sees, in the order in which it came to be.
public enum WatchedChange: Sendable {
    /// The next lines of its log.
    case lines([LogLine])
    /// The execution after a change. The lines of a task run that has ended in it have come before.
    case state(ExecutionSnapshot)
}

extension Engine {
    /// The execution as it is and after each change, and the lines of its log, until nothing more happens in it. A line comes
    /// before the states that came after it.
    public func watch(_ id: ExecutionID, _ filter: LogFilter = LogFilter()) async throws
        -> AsyncThrowingStream<WatchedChange, any Error>
    {
        let watcher = Watcher(id, filter, changes: try await follow(id), engine: self)
        // What is not asked for is not read, so that a slow watcher costs no memory.
        return AsyncThrowingStream { try await watcher.next() }
    }
}

private actor Watcher {
    private static let pageSize = 1000

    private let id: ExecutionID
    private let filter: LogFilter
    private let engine: Engine
    private let changes: AsyncStream<ExecutionSnapshot>.AsyncIterator
    private var last: Int?
    private var pending: ExecutionSnapshot?

    init(_ id: ExecutionID, _ filter: LogFilter, changes: AsyncStream<ExecutionSnapshot>, engine: Engine) {
        self.id = id
        self.filter = filter
        self.engine = engine
        self.changes = changes.makeAsyncIterator()
    }

    func next() async throws -> WatchedChange? {
        if pending == nil {
            // The iterator is a handle: its copies share the stream.
            var changes = changes
            guard let snapshot = await changes.next(isolation: self) else { return nil }
            pending = snapshot
            // A state may be told before its last lines are on disk.
            try await engine.executor.saved(id)
        }
        let lines = try await engine.store.logs(of: id, after: last, filter, limit: Self.pageSize)
        if let newest = lines.last {
            last = newest.number
            return .lines(lines)
        }
        defer { pending = nil }
        return pending.map(WatchedChange.state)
    }
}
