import FlowModel

/// One change of stored rows. A list of changes given to ``Store/commit(_:)`` is done wholly or not at all, in its order.
public enum Change: Sendable {
    /// A new execution. Fails with `duplicate` when its id, or an id with the same high half, is there already.
    /// `isOpen` says whether the engine has more to do for it; without it, that it is not terminated.
    case insertExecution(Execution, isOpen: Bool? = nil)
    /// Writes the execution's row anew, or for the first time. A terminated execution that still has work to do, such as
    /// `afterExecution` tasks, stays open until an update says otherwise.
    case updateExecution(Execution, isOpen: Bool? = nil)
    /// Writes one task run anew, or for the first time. What belongs to an execution that is not there, such as the late result
    /// of a deleted one, is dropped: task runs, logs, metrics and timers alike.
    case taskRun(ExecutionID, TaskRun)
    case taskRuns(ExecutionID, [TaskRun])
    case removeTaskRuns(ExecutionID, numbers: [Int])
    /// Removes the execution with everything that hangs on it: task runs, logs, metrics, timers, relations, labels.
    /// Its files are not touched.
    case deleteExecution(ExecutionID, logs: Bool = true, metrics: Bool = true)
    /// Adds lines at the end of the execution's log; they are numbered on, from 0, without gaps.
    case logs(ExecutionID, [LogEntry])
    /// Lines of a trigger's own log, written while no execution existed.
    case triggerLogs(TriggerKey, [LogEntry])
    case metrics(ExecutionID, [MetricEntry])
    /// Says which task run of a parent started a child execution.
    case linkChild(child: ExecutionID, parent: ExecutionID, taskRun: Int?)
    /// Sets the moment of the timer with this execution, task run and kind.
    case setTimer(TimerRow)
    case removeTimer(ExecutionID, taskRun: Int?, kind: String)
    case removeTimers(ExecutionID)
    /// Writes a trigger's state anew, or for the first time. Does nothing when its flow does not exist or is deleted.
    case trigger(TriggerState)
    /// Forgets that the trigger waits for this execution, if it does; disables it when `disabling`.
    case unlockTrigger(TriggerKey, from: ExecutionID, disabling: Bool, at: Timestamp)
    case removeTrigger(TriggerKey)
    /// Sets a value; the date of creation stays that of an entry that is there already and has not expired.
    case setKV(KVEntry)
    /// As `setKV`, but fails with `conflict` when an unexpired entry is there already.
    case addKV(KVEntry)
    case deleteKV(namespace: String, key: String)
    /// A small value of the program's own, such as what a sync saw last; `nil` removes it.
    case mark(space: String, key: String, value: [UInt8]?)
    /// As `mark`, but fails with `conflict` when what is stored is not `expected` (nil: nothing).
    case swapMark(space: String, key: String, value: [UInt8]?, expected: [UInt8]?)
}
