import FlowModel
import TaskKit

/// Parts that executions must fulfil together within a time window.
struct UpstreamCollector: Sendable {
    var id: String
    var parts: [UpstreamPart]
    /// How many of the parts are enough.
    var needed: Int
    var window: TimeWindow
    var resetsOnSuccess: Bool

    /// What an execution adds.
    struct Step {
        /// The window to be kept; nil when there is nothing in it.
        var window: TriggerWindow?
        var isComplete: Bool
    }

    /// - Parameter collected: the names so far, of a window that still counts.
    func take(
        _ context: ConditionContext, key: (namespace: String, flowID: String, triggerID: String),
        stored: TriggerWindow?,
        now: Timestamp, zone: Zone
    ) throws(TaskFailure) -> Step {
        var matching: [String] = []
        for part in parts where try part.holds(context) { matching.append(part.name) }
        let current = stored.flatMap { $0.start <= now && now <= $0.end ? $0 : nil }
        if matching.isEmpty { return Step(window: current, isComplete: false) }
        var window = current ?? opened(key, now: now, zone: zone)
        guard window.start <= now, now <= window.end else { return Step(window: nil, isComplete: false) }
        for name in matching where !window.results.contains(name) { window.results.append(name) }
        let isComplete = window.results.count >= needed
        if isComplete, resetsOnSuccess { window.results = [] }
        return Step(window: window, isComplete: isComplete)
    }

    private func opened(
        _ key: (namespace: String, flowID: String, triggerID: String), now: Timestamp, zone: Zone
    ) -> TriggerWindow {
        let range = window.range(at: now, in: zone)
        return TriggerWindow(
            namespace: key.namespace, flowID: key.flowID, triggerID: key.triggerID, conditionID: id, start: range.start,
            end: range.end)
    }
}

extension UpstreamCollector {
    /// `preconditions`: the flows and filters are its parts, `condition_1`, `condition_2`, ….
    init(preconditions value: Value) throws(TaskFailure) {
        var parts: [UpstreamPart] = []
        for flow in value["flows"]?.list ?? [] {
            parts.append(.flow(flow, name: "condition_\(parts.count + 1)"))
        }
        for condition in value["where"]?.list ?? [] {
            let filters = (condition["filters"]?.list ?? []).map(UpstreamFilter.init)
            parts.append(
                UpstreamPart(
                    name: "condition_\(parts.count + 1)_\(condition["id"]?.plain() ?? "")",
                    kind: .filters(filters, any: condition["operand"] == "OR")))
        }
        id = value["id"]?.plain() ?? "preconditions"
        needed = parts.count
        self.parts = parts
        window = try Self.window(value["timeWindow"])
        resetsOnSuccess = value["resetOnSuccess"] != .bool(false)
    }

    /// A MultipleCondition: its parts have the names of its conditions.
    init(multiple condition: FlowCondition, number: Int) throws(TaskFailure) {
        id = condition.properties["id"]?.plain() ?? "multiple_\(number)"
        var parts: [UpstreamPart] = []
        for (name, value) in condition.properties["conditions"]?.map ?? [:] {
            guard let inner = ConditionReading.condition(value, at: condition.mark) else {
                throw TaskFailure("The condition `\(name)` of a MultipleCondition has no type.")
            }
            parts.append(UpstreamPart(name: name, kind: .condition(try CompiledCondition(inner))))
        }
        self.parts = parts
        needed = parts.count
        let written =
            condition.properties["timeWindow"]
            ?? .map(condition.properties.filter { ["window", "windowAdvance"].contains($0.key) })
        window = try Self.window(written)
        resetsOnSuccess = condition.properties["resetOnSuccess"] != .bool(false)
    }

    /// `dependsOn` with `mode`, `minSatisfied` and `window`, of later versions.
    init(dependsOn value: Value, of trigger: FlowTrigger) throws(TaskFailure) {
        let parts = (value.list ?? []).enumerated().map { UpstreamPart.flow($1, name: "depends_\($0 + 1)") }
        self.parts = parts
        id = "dependsOn"
        needed =
            switch trigger.properties["mode"]?.string {
            case "ANY": 1
            case "AT_LEAST": Int(trigger.properties["minSatisfied"]?.int ?? Int64(parts.count))
            default: parts.count
            }
        let written = trigger.properties["window"]
        resetsOnSuccess = written == nil || written?["fireOnce"] == .bool(true)
        do throws(Problem) {
            window = try Self.later(written)
        } catch {
            throw TaskFailure(error.what)
        }
    }

    private static func window(_ value: Value?) throws(TaskFailure) -> TimeWindow {
        do throws(Problem) {
            return try TimeWindow(value)
        } catch {
            throw TaskFailure(error.what)
        }
    }

    /// `{deadline}`, `{from, to}`, `{every, offset}` or `{lookback}`.
    private static func later(_ value: Value?) throws(Problem) -> TimeWindow {
        guard let value, !value.isNull else { return .day }
        if let deadline = value["deadline"] { return .deadline(try LocalTime(iso: deadline.plain())) }
        if let from = value["from"], let to = value["to"] {
            return .daily(try LocalTime(iso: from.plain()), try LocalTime(iso: to.plain()))
        }
        if let lookback = value["lookback"] { return .sliding(try ISODuration(lookback.plain())) }
        guard let every = value["every"] else { return .day }
        let offset = try value["offset"].map { (text) throws(Problem) in try ISODuration(text.plain()) }
        return .duration(try ISODuration(every.plain()), advance: offset ?? .zero)
    }
}
