import EngineCore
import FlowModel
import Storage
import TaskKit

/// An execution that has not finished, as the executor holds it. Only the executor touches it.
final class ActiveExecution {
    let id: ExecutionID
    let flow: CompiledFlow
    let surroundings: Surroundings
    let errors: ErrorLog
    let mask: SecretMask
    var state: ExecutionState
    var watchers = Watchers()
    /// Whether it counts for its flow's concurrency limit, and whether it waits for a place, as the executor noted last.
    var takesPlace = false
    var isQueued = false
    /// Where it stands below the one that nobody started as a subflow; nil when that is still to be looked up.
    var line: Executor.Line?
    /// Whether it counts among those that another one started.
    var isCounted = false
    /// Its id is taken, or there was no room for it: it does not exist.
    var isRefused = false
    let key: FlowKey

    init(_ state: ExecutionState, flow: CompiledFlow, surroundings: Surroundings, errors: ErrorLog, mask: SecretMask) {
        id = state.execution.id
        key = FlowKey(state.execution.namespace, state.execution.flowID)
        self.state = state
        self.flow = flow
        self.surroundings = surroundings
        self.errors = errors
        self.mask = mask
        if state.execution.subflowParent == nil { line = Executor.Line(depth: 0, root: id) }
    }

    /// Whether a worker still has attempts of it.
    var hasAttempts: Bool {
        state.taskRuns.contains { run in run.attempts.last.map { !$0.state.current.isTerminated } ?? false }
    }

    var snapshot: ExecutionSnapshot {
        ExecutionSnapshot(execution: state.execution, taskRuns: state.taskRuns, isOpen: !state.isFinished)
    }

    /// The rows that a step changed, in the order in which they are written.
    func changes(for decision: Decision, isNew: Bool) -> [Change] {
        var changes: [Change] = []
        if isNew {
            changes.append(.insertExecution(state.execution, isOpen: !state.isFinished))
        } else if decision.executionChanged || state.isFinished {
            changes.append(.updateExecution(state.execution, isOpen: !state.isFinished))
        }
        if !decision.removed.isEmpty { changes.append(.removeTaskRuns(id, numbers: decision.removed)) }
        let runs = decision.changed.compactMap { state.taskRun($0) }
        if !runs.isEmpty { changes.append(.taskRuns(id, runs)) }
        let lines = LogLines.prepare(decision.logs, mask: mask)
        if !lines.isEmpty {
            errors.append(lines, taskID: { self.state.taskRun($0)?.taskID }, execution: id)
            changes.append(.logs(id, lines))
        }
        if !decision.metrics.isEmpty { changes.append(.metrics(id, decision.metrics.compactMap(entry))) }
        for command in decision.commands {
            switch command {
            case .wake(let timer): changes.append(.setTimer(timer.row(of: id)))
            case .cancelWake(let timer):
                changes.append(.removeTimer(id, taskRun: timer.taskRun, kind: timer.kind.rawValue))
            case .finished: changes.append(.removeTimers(id))
            // These two are not ordered again after a restart: their rows are.
            case .startReplacement(let execution): changes.append(.insertExecution(execution, isOpen: true))
            case .killChildren: changes.append(KillNote.change(id, isOpen: true))
            case .run, .startSubflow, .stop, .proceed, .ended: break
            }
        }
        return changes
    }

    private func entry(taskRun: Int, metric: RunMetric) -> MetricEntry? {
        guard let run = state.taskRun(taskRun) else { return nil }
        let kind: MetricEntry.Kind =
            switch metric.kind {
            case .counter: .counter
            case .timer: .timer
            case .gauge: .gauge
            }
        return MetricEntry(
            at: run.attempts.last?.state.lastChange ?? run.state.lastChange, kind: kind, name: metric.name,
            value: metric.value, taskID: run.taskID, taskRun: taskRun, tags: metric.tags)
    }
}

extension EngineTimer {
    func row(of execution: ExecutionID) -> TimerRow {
        TimerRow(execution: execution, taskRun: taskRun, kind: kind.rawValue, due: at)
    }

    init?(_ row: TimerRow) {
        guard let kind = Kind(rawValue: row.kind) else { return nil }
        self.init(kind, taskRun: row.taskRun, at: row.due)
    }
}

/// Says that the executions which an execution started are still to be killed; it outlives a restart.
enum KillNote {
    static let space = "engine.kills"

    static func change(_ id: ExecutionID, isOpen: Bool) -> Change {
        .mark(space: space, key: id.description, value: isOpen ? [1] : nil)
    }
}

/// Log lines as they are stored: secrets masked, long messages split into pieces, each a millisecond later than the one
/// before as far as the next line of the same task run was not written by then. Source: engine spec §5.6.
enum LogLines {
    private static let longest = 10_240

    /// As many pieces as the message is split into at most.
    static func mostPieces(of message: String) -> Int { max(1, (message.utf8.count + longest - 1) / longest) }

    static func prepare(_ entries: [LogEntry], mask: SecretMask) -> [LogEntry] {
        var lines: [LogEntry] = []
        lines.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            var line = entry
            line.message = mask.mask(entry.message)
            if line.message.utf8.count <= longest {
                lines.append(line)
                continue
            }
            let next = index + 1 < entries.count ? entries[index + 1] : nil
            let latest = next.flatMap { $0.taskRun == entry.taskRun ? max($0.at, entry.at) : nil }
            var rest = Substring(line.message)
            while !rest.isEmpty {
                line.message = String(rest.prefix(longest))
                rest = rest.dropFirst(longest)
                lines.append(line)
                if latest.map({ line.at < $0 }) ?? true { line.at.milliseconds += 1 }
            }
        }
        return lines
    }
}

extension Decision {
    /// Whether the step left something for a next one.
    var goesOn: Bool { commands.contains { if case .proceed = $0 { true } else { false } } }
}
