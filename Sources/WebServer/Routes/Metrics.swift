import FlowModel
import Hummingbird
import Storage

/// `/metrics`: numbers that tasks told. Source: engine spec §11.8.
struct MetricRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/metrics/{id}", "The metrics of an execution.", handler: ofExecution),
            .get("/metrics/names/{namespace}/{flow}", "Names of the metrics of a flow.") { call in
                try await names(call, task: nil)
            },
            .get("/metrics/names/{namespace}/{flow}/{task}", "Names of the metrics of a task.") { call in
                try await names(call, task: call["task"])
            },
            .get("/metrics/tasks/{namespace}/{flow}", "Tasks of a flow that told metrics.", handler: tasks),
            .get("/metrics/aggregates/{namespace}/{flow}/{metric}", "A metric of a flow over time.") { call in
                try await aggregate(call, task: nil)
            },
            .get("/metrics/aggregates/{namespace}/{flow}/{task}/{metric}", "A metric of a task over time.") { call in
                try await aggregate(call, task: call["task"])
            },
        ]
    }

    @Sendable private func ofExecution(_ call: Call) async throws -> Response {
        let snapshot = try await engine.known(call["id"])
        let execution = snapshot.execution
        var number: Int?
        if let text = call.query.text("taskRunId") {
            number = snapshot.number(ofTaskRun: text)
            if number == nil { throw Refusal.notFound("Task run not found: \(text)") }
        }
        let all = try await engine.store.metrics(of: execution.id, taskRun: number, taskID: call.query.text("taskId"))
        let page = try call.page().cut(all)
        return .json { text in
            text.page(page.items, total: page.total) { metric, text in
                text.object { text in
                    text.member("namespace", execution.namespace)
                    text.member("flowId", execution.flowID)
                    text.member("taskId", metric.taskID)
                    text.member("executionId", execution.id.description)
                    text.member("taskRunId", metric.taskRun.map(execution.id.taskRunID))
                    text.member("type", metric.kind.rawValue)
                    text.member("name", metric.name)
                    text.member("value", .double(metric.value))
                    text.member("timestamp", metric.at)
                    text.member(
                        "tags",
                        .map(ValueMap(metric.tags.map { ($0.key, .string($0.value)) }, uniquingKeysWith: { $1 })))
                }
            }
        }
    }

    private func flow(_ call: Call) -> FlowKey { FlowKey(call["namespace"], call["flow"]) }

    private func names(_ call: Call, task: String?) async throws -> Response {
        .json(.list(try await engine.store.metricNames(flow(call), taskID: task).map { .string($0) }))
    }

    @Sendable private func tasks(_ call: Call) async throws -> Response {
        .json(.list(try await engine.store.metricTasks(flow(call)).map { .string($0) }))
    }

    /// `{groupBy, aggregations: [{date, value}]}`, the last 30 days unless dates are given.
    private func aggregate(_ call: Call, task: String?) async throws -> Response {
        let now = engine.clock.now
        let to = try call.query.moment("endDate") ?? now
        let from = try call.query.moment("startDate") ?? Timestamp(milliseconds: to.milliseconds - 30 * 86_400_000)
        guard let kind = MetricSeries.Aggregation(rawValue: call.query.text("aggregation") ?? "sum") else {
            throw Refusal.illegalArgument("`aggregation` is sum, avg, min or max")
        }
        guard from <= to else { throw Refusal.illegalArgument("Start date must be before End Date") }
        guard to.milliseconds - from.milliseconds <= MetricSeries.longest else {
            throw Refusal.illegalArgument("there are at most 20 years from start to end")
        }
        let entries = try await engine.store.metrics(flow(call), taskID: task, name: call["metric"], from: from, to: to)
        return .json(MetricSeries(from: from, to: to, kind: kind).value(of: entries))
    }
}

/// Values over time, one for each minute, hour, day, week or month: whichever suits the span.
struct MetricSeries {
    enum Aggregation: String { case sum, avg, min, max }

    /// In milliseconds; there is a row for each week of it.
    static let longest: Int64 = 20 * 366 * 86_400_000

    var from: Timestamp
    var to: Timestamp
    var kind: Aggregation

    private var step: (name: String, milliseconds: Int64) {
        let span = to.milliseconds - from.milliseconds
        let hour: Int64 = 3_600_000
        return switch span {
        case ...hour: ("MINUTE", hour / 60)
        case ...(48 * hour): ("HOUR", hour)
        case ...(183 * 24 * hour): ("DAY", 24 * hour)
        default: ("WEEK", 7 * 24 * hour)
        }
    }

    func value(of entries: [MetricEntry]) -> Value {
        let step = step
        var groups: [Int64: [Double]] = [:]
        for entry in entries { groups[entry.at.milliseconds / step.milliseconds, default: []].append(entry.value) }
        let first = from.milliseconds / step.milliseconds
        let rows = (first...Swift.max(first, to.milliseconds / step.milliseconds)).map { slot -> Value in
            let start = Instant(milliseconds: slot * step.milliseconds)
            return ["date": .moment(.instant(start)), "value": .double(combined(groups[slot] ?? []))]
        }
        return ["groupBy": .string(step.name), "aggregations": .list(rows)]
    }

    private func combined(_ values: [Double]) -> Double {
        if values.isEmpty { return 0 }
        return switch kind {
        case .sum: values.reduce(0, +)
        case .avg: values.reduce(0, +) / Double(values.count)
        case .min: values.min() ?? 0
        case .max: values.max() ?? 0
        }
    }
}
