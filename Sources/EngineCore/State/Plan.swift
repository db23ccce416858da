/// Which children a flowable starts, and how: lanes beside each other, the elements of a lane one after the other.
struct Plan: Sendable {
    enum Shape: Sendable {
        /// One lane for each value (one in all without values) that holds all tasks.
        case sequence
        /// One lane for each task of each value.
        case spread
    }

    var shape: Shape
    /// Places in ``CompiledFlow/tasks``.
    var tasks: [Int]
    /// The values of an iteration; nil where there is none.
    var values: [String]?
    /// The greatest number of children that run at once; 0 for any.
    var limit = 0
    /// For each task the tasks that must have ended before it starts, as positions in `tasks`.
    var dependencies: [[Int]]?

    static let empty = Plan(shape: .sequence, tasks: [])
    static func sequence(_ tasks: [Int]) -> Plan { Plan(shape: .sequence, tasks: tasks) }

    var laneCount: Int {
        if tasks.isEmpty { return 0 }
        return switch shape {
        case .sequence: values?.count ?? 1
        case .spread: tasks.count * (values?.count ?? 1)
        }
    }
    var laneLength: Int { shape == .sequence ? tasks.count : 1 }

    func task(lane: Int, position: Int) -> Int {
        switch shape {
        case .sequence: tasks[position]
        case .spread: tasks[lane % tasks.count]
        }
    }

    /// The place of a lane's value among the values; nil without iteration.
    func iteration(lane: Int) -> Int? {
        guard values != nil else { return nil }
        return shape == .sequence ? lane : lane / tasks.count
    }

    func value(lane: Int) -> String? {
        guard let values, let iteration = iteration(lane: lane), values.indices.contains(iteration) else { return nil }
        return values[iteration]
    }

    /// Where a child stands that was started before; nil for one that the plan does not have.
    /// - Parameter iteration: the place of the child's value among the values.
    func place(ofTask task: Int, iteration: Int?) -> (lane: Int, position: Int)? {
        guard let position = tasks.firstIndex(of: task) else { return nil }
        switch (shape, values) {
        case (.sequence, nil): return (0, position)
        case (.spread, nil): return (position, 0)
        case (.sequence, .some): return iteration.map { ($0, position) }
        case (.spread, .some): return iteration.map { ($0 * tasks.count + position, 0) }
        }
    }
}
