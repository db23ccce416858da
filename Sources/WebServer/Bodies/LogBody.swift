import FlowModel
import Storage

/// A line of a log as the API tells it. Source: engine spec §5.6, §11.4.
struct LogBody {
    var line: LogLine

    func write(to text: inout JSONText) {
        text.object { text in
            text.member("namespace", line.flow.namespace)
            text.member("flowId", line.flow.id)
            text.member("taskId", line.taskID)
            text.member("executionId", line.executionID?.description)
            if let id = line.executionID, let run = line.entry.taskRun { text.member("taskRunId", id.taskRunID(run)) }
            text.member("attemptNumber", line.entry.attempt)
            text.member("triggerId", line.triggerID)
            text.member("timestamp", line.entry.at)
            text.member("level", line.entry.level.name)
            text.member("message", line.entry.message)
            if line.executionID != nil { text.member("index", line.number) }
        }
    }

    var bytes: [UInt8] {
        var text = JSONText()
        write(to: &text)
        return text.bytes
    }

    /// `<instant> <LEVEL> <message>`, as downloads have it.
    var plainLine: String { "\(Instant(line.entry.at)) \(line.entry.level.name) \(line.entry.message)\n" }
}
