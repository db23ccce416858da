import FlowModel
import Storage

/// Reads the lines of an execution's log as they are stored, a page at a time.
actor LogFollower {
    private static let pageSize = 1000

    private let id: ExecutionID
    private let filter: LogFilter
    private let store: any Store
    private let changes: AsyncStream<ExecutionSnapshot>.AsyncIterator
    private var last: Int?
    private var isOver = false

    init(
        _ id: ExecutionID, after number: Int?, _ filter: LogFilter, changes: AsyncStream<ExecutionSnapshot>,
        store: any Store
    ) {
        self.id = id
        self.filter = filter
        self.store = store
        self.changes = changes.makeAsyncIterator()
        last = number
    }

    /// The next lines, once there are any; nil when nothing more happens in the execution.
    func next() async throws -> [LogLine]? {
        while true {
            let lines = try await store.logs(of: id, after: last, filter, limit: Self.pageSize)
            if let newest = lines.last {
                last = newest.number
                return lines
            }
            if isOver { return nil }
            // The iterator is a handle: its copies share the stream.
            var changes = changes
            if await changes.next(isolation: self) == nil { isOver = true }
        }
    }
}
