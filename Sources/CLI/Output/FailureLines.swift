import FlowModel

/// Why an execution failed: the first ERROR lines of the task runs that did, each said once.
struct FailureLines {
    private static let (most, mostOfRun) = (10, 3)
    private static let longest = 2000

    /// The ids of the task runs that failed.
    let failed: Set<String>
    private(set) var texts: [String] = []
    private var counts: [String: Int] = [:]
    private(set) var isCut = false

    init(failed: Set<String>) { self.failed = failed }

    var isFull: Bool { texts.count >= Self.most }

    /// Takes a line of the log, as the API gives it.
    mutating func take(_ line: Value) {
        let (run, task) = (line.text("taskRunId"), line.text("taskId"))
        guard line.text("level") == "ERROR", run.isEmpty || failed.isEmpty || failed.contains(run) else { return }
        var message = line.text("message")
        if message.count > Self.longest {
            message = message.prefix(Self.longest) + " …"
            isCut = true
        }
        let text = "error: \(task.isEmpty ? "" : "\(task): ")\(message)"
        if texts.contains(text) { return }
        guard !isFull, counts[run, default: 0] < Self.mostOfRun else {
            isCut = true
            return
        }
        counts[run, default: 0] += 1
        texts.append(text)
    }

    /// The lines as they are told, with how to see the others.
    func text(of id: String) -> String? {
        if texts.isEmpty { return nil }
        return (texts + (isCut || isFull ? ["   more: `sluice exec logs \(id) --level error`"] : [])).joined(
            separator: "\n")
    }
}
