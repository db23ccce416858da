import FlowModel

/// The task runs of an execution as rows: the first some hundred, and of the others those that failed.
struct TaskRunRows {
    /// Rows, and beyond them rows of failed runs.
    static let (most, mostFailed) = (300, 100)

    private(set) var table = Table("TASK", "VALUE", "STATE", "ATTEMPTS", "STARTED", "DURATION")
    /// The ids of the first runs that failed.
    private(set) var failed: Set<String> = []
    private var states: [String: Int] = [:]

    mutating func add(_ run: Value) {
        let state = run.text("state", "current")
        let isFailed = state == "FAILED"
        if isFailed, failed.count < 1000 { failed.insert(run.text("id")) }
        guard table.rows.count < Self.most || isFailed && table.rows.count < Self.most + Self.mostFailed else {
            states[state, default: 0] += 1
            return
        }
        let duration = run.text("state", "duration")
        table.rows.append([
            run.text("taskId"), run.text("value"), state, String(run["attempts"]?.list?.count ?? 0),
            run.text("state", "startDate"), (try? ISODuration(duration))?.short ?? duration,
        ])
    }

    /// What is not shown; nil when all are.
    var remark: String? {
        let count = states.values.reduce(0, +)
        if count == 0 { return nil }
        let parts = states.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        return "… and \(count) more: \(parts.joined(separator: ", ")) (use -o json)"
    }
}
