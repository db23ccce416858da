import FlowModel
import TaskKit

/// Source: engine spec §6.2, since-0.20 §3.
struct Labels: EngineAction {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.execution.Labels",
        aliases: ["io.kestra.core.tasks.executions.Labels"],
        title: "Set labels of the current execution.",
        details: "A label that is there already gets the new value.",
        example: """
            id: mark
            type: io.kestra.plugin.core.execution.Labels
            labels: { customer: "{{ inputs.customer }}" }
            """
    )

    @Property("A map, a list of `key` and `value`, or a text that gives a JSON map.")
    var labels: Value

    func act(_ site: ActionSite) throws(TaskFailure) -> ActionResult {
        var all = site.execution.labels
        for label in try LabelTexts.read(labels) {
            if label.key.hasPrefix("system.") {
                throw TaskFailure(
                    "System labels can only be set by Kestra itself, offending label: \(label.key)=\(label.value)")
            }
            if let place = all.firstIndex(where: { $0.key == label.key }) {
                all[place].value = label.value
            } else {
                all.append(label)
            }
        }
        return .labels(all)
    }
}

/// Labels as flows write them.
enum LabelTexts {
    /// - Parameter value: rendered; nil for no labels.
    static func read(_ value: Value?) throws(TaskFailure) -> [Label] {
        switch value {
        case nil, .null?: return []
        case .map(let members)?: return try members.map { (key, value) throws(TaskFailure) in try label(key, value) }
        case .list(let items)?:
            return try items.map { (item) throws(TaskFailure) in
                guard let key = item["key"]?.string, let value = item["value"] else {
                    throw TaskFailure.property("labels", "has an element without `key` and `value`", fix: nil)
                }
                return try label(key, value)
            }
        case .string(let text)?:
            if case .map(let members)? = try? JSON.parse(text) {
                return try members.map { (key, value) throws(TaskFailure) in try label(key, value) }
            }
            throw .property("labels", "is a text that is no JSON map", fix: "write a map of keys and values")
        default: throw .property("labels", "is no map", fix: "write a map of keys and values")
        }
    }

    private static func label(_ key: String, _ value: Value) throws(TaskFailure) -> Label {
        let text = value.printed()
        if text.isEmpty { throw TaskFailure("Label values cannot be empty, offending label: \(key)") }
        return Label(key: key, value: text)
    }
}
