import FlowModel
import Storage

/// An execution as the API tells it. Source: engine spec §3.1.
struct ExecutionBody {
    var execution: Execution
    /// Nil leaves the member out, as do lists without any.
    var taskRuns: [TaskRun]?
    /// For the durations of what has not changed yet.
    var now: Timestamp
    /// Where people see it; told only on creation.
    var url: String?

    init(_ snapshot: ExecutionSnapshot, now: Timestamp, taskRuns tells: Bool = true) {
        execution = snapshot.execution
        taskRuns = tells ? snapshot.taskRuns : nil
        self.now = now
    }

    init(_ execution: Execution, now: Timestamp, url: String? = nil) {
        self.execution = execution
        self.now = now
        self.url = url
    }

    var bytes: [UInt8] {
        var text = JSONText()
        write(to: &text)
        return text.bytes
    }

    func write(to text: inout JSONText) { text.object { writeMembers(to: &$0) } }

    func writeMembers(to text: inout JSONText) {
        writeHead(to: &text)
        let id = execution.id.description
        if let taskRuns, !taskRuns.isEmpty {
            text.list("taskRunList", taskRuns) { run, text in
                TaskRunBody(run: run, execution: execution, executionID: id, now: now).write(to: &text)
            }
        }
        writeTail(to: &text)
    }

    /// The members before the task runs.
    func writeHead(to text: inout JSONText) {
        text.member("id", execution.id.description)
        text.member("namespace", execution.namespace)
        text.member("flowId", execution.flowID)
        text.member("flowRevision", execution.flowRevision)
    }

    /// The members behind the task runs.
    func writeTail(to text: inout JSONText) {
        text.member("inputs", execution.inputs)
        text.member("outputs", execution.outputs)
        text.labels("labels", execution.labels)
        if !execution.variables.isEmpty { text.member("variables", execution.variables) }
        text.state("state", execution.state, now: now)
        text.member("parentId", execution.parentID?.description)
        text.member("originalId", execution.originalID.description)
        if let trigger = execution.trigger { text.trigger(trigger) }
        text.member("deleted", false)
        text.object("metadata") { text in
            text.member("attemptNumber", execution.attemptNumber)
            text.member("originalCreatedDate", execution.originalCreatedDate)
        }
        text.member("scheduleDate", execution.scheduleDate)
        text.member("url", url)
    }
}

/// A task run as the API tells it. Source: engine spec §3.1.
struct TaskRunBody {
    var run: TaskRun
    var execution: Execution
    /// The execution's id as a text, made once for all its task runs.
    var executionID: String
    var now: Timestamp

    func write(to text: inout JSONText) {
        text.object { text in
            text.member("id", execution.id.taskRunID(run.number))
            text.member("executionId", executionID)
            text.member("namespace", execution.namespace)
            text.member("flowId", execution.flowID)
            text.member("taskId", run.taskID)
            text.member("parentTaskRunId", run.parent.map(execution.id.taskRunID))
            text.member("value", run.value)
            text.member("iteration", run.iteration)
            if !run.attempts.isEmpty {
                text.list("attempts", run.attempts) { attempt, text in
                    text.object { text in
                        text.state("state", attempt.state, now: now)
                        text.member("logFile", attempt.logFile)
                    }
                }
            }
            text.member("outputs", run.outputs.map(Value.map) ?? .null)
            text.state("state", run.state, now: now)
        }
    }
}

extension JSONText {
    /// `current`, `histories`, `duration`, `startDate`, and `endDate` when terminated or paused.
    mutating func state(_ name: StaticString, _ state: StateHistory, now: Timestamp) {
        object(name) { text in
            text.member("current", state.current.rawValue)
            text.list("histories", state.entries) { entry, text in
                text.object { text in
                    text.member("state", entry.state.rawValue)
                    text.member("date", entry.at)
                }
            }
            let end = state.entries.count > 1 ? state.lastChange : max(now, state.startDate)
            text.member("duration", .duration(end.since(state.startDate)))
            text.member("startDate", state.startDate)
            text.member("endDate", state.endDate)
        }
    }

    fileprivate mutating func trigger(_ trigger: ExecutionTrigger) {
        object("trigger") { text in
            text.member("id", trigger.id)
            text.member("type", trigger.type)
            text.member("variables", .map(trigger.variables))
            text.member("logFile", trigger.logFile)
        }
    }
}
