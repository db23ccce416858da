import FlowModel
import Synchronization

/// The ERROR lines of one execution since it was loaded, for `errorLogs()`: there as soon as a step has written them.
final class ErrorLog: Sendable {
    /// More errors than anybody reads.
    private static let limit = 1000
    private let lines = Mutex<[Value]>([])

    var all: [Value] { lines.withLock { $0 } }

    func append(_ entries: [LogEntry], taskID: (Int) -> String?, execution: ExecutionID) {
        let errors = entries.filter { $0.level == .error }
        if errors.isEmpty { return }
        let values = errors.map { entry -> Value in
            [
                "timestamp": .string(entry.at.iso), "level": "ERROR", "message": .string(entry.message),
                "taskId": entry.taskRun.flatMap(taskID).map(Value.string) ?? .null,
                "taskRunId": entry.taskRun.map { .string(execution.taskRunID($0)) } ?? .null,
            ]
        }
        lines.withLock { lines in
            lines.append(contentsOf: values.prefix(max(0, Self.limit - lines.count)))
        }
    }
}
