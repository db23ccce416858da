import EngineRuntime
import FlowModel
import Storage

/// How a local run goes: a tree of task runs that is drawn anew on a terminal, plain lines when piped.
actor RunProgress {
    private let live: Bool
    private var drawn = 0
    private var told: [Int: State] = [:]
    private var names: [Int: String] = [:]

    init(live: Bool) { self.live = live }

    func show(_ snapshot: ExecutionSnapshot) {
        for run in snapshot.taskRuns { names[run.number] = run.value.map { "\(run.taskID)[\($0)]" } ?? run.taskID }
        if live { draw(snapshot) } else { tell(snapshot) }
    }

    func show(_ change: WatchedChange) {
        switch change {
        case .lines(let lines): for line in lines { write(line) }
        case .state(let snapshot): show(snapshot)
        }
    }

    func finish(_ snapshot: ExecutionSnapshot) {
        show(snapshot)
        drawn = 0
        let state = snapshot.execution.state
        Console.note("\(state.current.rawValue) in \(state.lastChange.since(state.startDate).short)")
    }

    private func write(_ line: LogLine) {
        let time = line.entry.at.iso.dropFirst(11).dropLast()
        let task = line.entry.taskRun.flatMap { names[$0] } ?? line.taskID ?? ""
        erase()
        Console.note("\(time) \(line.entry.level.name) \(task.isEmpty ? "" : "\(task) ")\(line.entry.message)")
    }

    /// One line for each task run that reached a new end.
    private func tell(_ snapshot: ExecutionSnapshot) {
        for run in snapshot.taskRuns where told[run.number] != run.state.current && run.state.current.isTerminated {
            told[run.number] = run.state.current
            Console.note(
                "\(run.state.lastChange.iso.dropFirst(11).dropLast()) \(mark(run.state.current)) \(name(run)) \(run.state.current.rawValue) in \(run.state.lastChange.since(run.state.startDate).short)"
            )
        }
    }

    private func draw(_ snapshot: ExecutionSnapshot) {
        erase()
        let depths = depths(snapshot.taskRuns)
        let lines = snapshot.taskRuns.suffix(30).map { run in
            let indent = String(repeating: "  ", count: depths[run.number] ?? 0)
            let attempts = run.attempts.count > 1 ? "   attempt \(run.attempts.count)" : ""
            return
                " \(indent)\(mark(run.state.current)) \(name(run))  \(run.state.lastChange.since(run.state.startDate).short)\(attempts)"
        }
        // A line that wraps would leave its first part on the screen when the tree is drawn anew.
        let width = max(1, Console.notesWidth - 1)
        for line in lines { Console.note(String(line.prefix(width))) }
        drawn = lines.count
    }

    private func erase() {
        guard live, drawn > 0 else { return }
        Console.note("\u{1B}[\(drawn)A\u{1B}[J\u{1B}[1A")
        drawn = 0
    }

    private func depths(_ runs: [TaskRun]) -> [Int: Int] {
        var depths: [Int: Int] = [:]
        for run in runs { depths[run.number] = run.parent.map { (depths[$0] ?? 0) + 1 } ?? 0 }
        return depths
    }

    private func name(_ run: TaskRun) -> String { names[run.number] ?? run.taskID }

    private func mark(_ state: State) -> String {
        switch state {
        case .success: "✔"
        case .warning: "⚠"
        case .failed, .killed, .cancelled: "✘"
        case .skipped: "–"
        case .created, .queued: "○"
        default: "▸"
        }
    }
}
