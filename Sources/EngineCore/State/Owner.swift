import FlowModel

/// How far the children of a flowable run, or of the execution itself, have come.
struct Owner: Sendable {
    /// The list from which children are started now.
    enum Phase: Sendable { case tasks, errors, finally, listeners, afterExecution, over }

    var plan: Plan
    var phase = Phase.tasks
    /// The first lane that has not begun.
    var nextLane = 0
    /// Lanes that have begun (or may begin out of order) and wait for their next element.
    var ready = Lanes()
    var finishedLanes = 0
    /// Children from `tasks` that have not ended.
    var live = 0
    var failed = 0
    var killed = 0
    var warned = 0
    /// For a Dag: how many dependencies of each lane have not ended.
    var missing: [Int] = []
    /// The next element of `errors`, `finally` and so on, and whether one of them runs now.
    var handlerPosition = 0
    var handlerIsLive = false
    /// Whether a look at this owner is in the queue already.
    var isQueued = false

    init(plan: Plan) {
        self.plan = plan
        if let dependencies = plan.dependencies {
            missing = dependencies.map(\.count)
            nextLane = plan.laneCount
            for lane in missing.indices where missing[lane] == 0 { ready.append(lane) }
        }
    }

    private var canStart: Bool { plan.limit == 0 || live < plan.limit }

    /// What is to be done about the children from `tasks`.
    enum Move { case startChildren, handleFailure, allEnded }
    var move: Move {
        if failed > 0 { return .handleFailure }
        return finishedLanes >= plan.laneCount ? .allEnded : .startChildren
    }

    /// A child that is started now.
    struct Child {
        var task: Int
        var lane: Int
        var position: Int
        var value: String?
        var iteration: Int?
    }

    /// The next child that may start, which then counts as started.
    mutating func startChild() -> Child? {
        guard canStart, let next = takeLane() else { return nil }
        live += 1
        return Child(
            task: plan.task(lane: next.lane, position: next.position), lane: next.lane, position: next.position,
            value: plan.value(lane: next.lane), iteration: plan.iteration(lane: next.lane))
    }

    /// Has the owner looked at, unless it will be anyway.
    mutating func markQueued() -> Bool {
        defer { isQueued = true }
        return !isQueued
    }

    /// The state that its children's states add up to. Source: engine spec §3.5.
    var fold: State {
        if killed > 0 { .killed } else if failed > 0 { .failed } else if warned > 0 { .warning } else { .success }
    }

    mutating func begin(_ phase: Phase) {
        self.phase = phase
        handlerPosition = 0
        handlerIsLive = false
    }

    /// The lane whose next element should start, and that element's position.
    private mutating func takeLane() -> (lane: Int, position: Int)? {
        if let next = ready.take() { return next }
        guard nextLane < plan.laneCount else { return nil }
        nextLane += 1
        return (nextLane - 1, 0)
    }

    /// Counts the end of a child from `tasks`.
    mutating func ended(_ state: State, lane: Int, position: Int) {
        live -= 1
        count(state)
        if position + 1 < plan.laneLength {
            ready.append(lane, at: position + 1)
            return
        }
        finishedLanes += 1
        free(dependentsOf: lane)
    }

    mutating func count(_ state: State) {
        switch state {
        case .failed: failed += 1
        case .killed: killed += 1
        case .warning: warned += 1
        default: break
        }
    }

    private mutating func free(dependentsOf ended: Int) {
        guard let dependencies = plan.dependencies else { return }
        for (lane, names) in dependencies.enumerated() where names.contains(ended) {
            missing[lane] -= 1
            if missing[lane] == 0 { ready.append(lane) }
        }
    }
}

/// Lanes that are ready, the first of the plan first, each with the position of its next element.
struct Lanes: Sendable {
    private var items: [(lane: Int, position: Int)] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }

    mutating func append(_ lane: Int, at position: Int = 0) {
        guard let last = items.last, head < items.count, last.lane > lane else { return items.append((lane, position)) }
        var place = items.count
        while place > head, items[place - 1].lane > lane { place -= 1 }
        items.insert((lane, position), at: place)
    }

    mutating func take() -> (lane: Int, position: Int)? {
        guard head < items.count else { return nil }
        let first = items[head]
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        }
        return first
    }
}
