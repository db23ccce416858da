import FlowModel
import Storage

/// The stored state of a trigger as the API tells it. Source: engine spec §7.2, §11.5.
struct TriggerBody {
    var row: TriggerState

    func write(to text: inout JSONText) {
        text.object { text in
            text.member("namespace", row.namespace)
            text.member("flowId", row.flowID)
            text.member("triggerId", row.triggerID)
            text.member("date", row.date)
            text.member("nextExecutionDate", row.nextExecutionDate)
            if let backfill = row.backfill { text.backfill(backfill) }
            if !row.stopAfter.isEmpty {
                text.member("stopAfter", .list(row.stopAfter.map { .string($0.rawValue) }))
            }
            text.member("disabled", row.disabled)
            text.member("executionId", row.executionID?.description)
            text.member("updatedDate", row.updatedDate)
            text.member("evaluateRunningDate", row.evaluateRunningDate)
            text.member("workerId", row.workerID)
        }
    }

    var bytes: [UInt8] {
        var text = JSONText()
        write(to: &text)
        return text.bytes
    }
}

extension JSONText {
    fileprivate mutating func backfill(_ backfill: Backfill) {
        object("backfill") { text in
            text.member("start", backfill.start)
            text.member("end", backfill.end)
            text.member("currentDate", backfill.currentDate)
            text.member("paused", backfill.paused)
            if !backfill.inputs.isEmpty { text.member("inputs", backfill.inputs) }
            if !backfill.labels.isEmpty { text.labels("labels", backfill.labels) }
            text.member("previousNextExecutionDate", backfill.previousNextExecutionDate)
        }
    }
}
