import FlowModel

/// An execution with its task runs, and all that the engine keeps about them so that a step costs what it changes.
///
/// Everything in it follows from the rows (``execution`` and the task runs): ``restored(_:taskRuns:of:at:with:)`` makes it
/// again. Keep it where it is and call ``apply(_:at:to:with:)`` in place: a copy that is alive while a step runs makes
/// that step copy all task runs.
public struct ExecutionState: Sendable {
    public internal(set) var execution: Execution
    /// Whether nothing will happen any more: the execution has ended, and so have listeners and `afterExecution`.
    public internal(set) var isFinished = false
    /// Whether what runs after the end was killed too.
    var isStopped = false

    var runs = RunTable()
    /// Those who have children that may still start: flowable runs by number, and ``top``.
    var owners: [Int: Owner] = [:]
    var outputs = ValueTree()
    var states = ValueTree()
    var queue = WorkQueue()
    var pausedRuns = 0
    var retryingRuns = 0
    /// Task runs that wait for an execution of their own, by its id.
    var children: [ExecutionID: Int] = [:]
    /// For flowable runs of a killed execution, and for ``top``: how many runs below are still on workers, or wait for an
    /// execution that is killed too.
    var busyBelow: [Int: Int] = [:]
    /// For loops: the numbers of all runs of the present round below them, ascending.
    var roundRuns: [Int: [Int]] = [:]
    var step: UInt32 = 0

    /// The execution itself among the owners.
    static let top = -1

    /// An execution that was just made, in state CREATED and without task runs.
    public init(_ execution: Execution) { self.execution = execution }

    /// The task run with this number; nil when there is none, or it was removed.
    public func taskRun(_ number: Int) -> TaskRun? { runs.contains(number) ? runs[number].run : nil }
    /// The numbers of all task runs, in the order of creation.
    public var taskRunNumbers: [Int] { runs.numbers }
    public var taskRuns: [TaskRun] { runs.numbers.map { runs[$0].run } }
    public var taskRunCount: Int { runs.count }
    /// Whether steps were left for later: the runtime should apply ``Event/proceeded`` soon.
    public var hasMoreToDo: Bool { !queue.isEmpty && !isHeld }

    /// Paused as a whole, not by one of its tasks: nothing new starts.
    var isHeld: Bool { execution.state.current == .paused && pausedRuns == 0 }
}

/// What a step has still to do.
struct WorkQueue: Sendable {
    enum Item: Sendable {
        /// Give a created task run to whoever does its work.
        case dispatch(Int)
        /// Look what the owner starts next, or whether it has ended.
        case advance(Int)
    }

    private var items: [Item] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }
    mutating func append(_ item: Item) { items.append(item) }

    mutating func next() -> Item? {
        guard head < items.count else { return nil }
        let item = items[head]
        head += 1
        if head == items.count {
            removeAll()
        } else if head > 1024, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return item
    }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: items.count < 1024)
        head = 0
    }
}
