import Expressions
import FlowModel
import TaskKit

/// The labels of new executions. Source: engine spec §7.1, §8.1.
public enum LabelRules {
    public static let correlationID = "system.correlationId"

    /// Labels of an execution created by request: the flow's own without `system.*`, the request's as they are given,
    /// and the correlation id, its own id unless the request has one.
    /// - Throws: `label.system` for any other `system.*` label in the request.
    public static func creation(
        of id: ExecutionID, flow: [Label], requested: [Label]
    ) throws(Problem) -> [Label] {
        if let wrong = requested.first(where: { isSystem($0) && $0.key != correlationID }) { throw system(wrong) }
        return correlated(plain(flow) + requested, id: id)
    }

    /// Labels of an execution created by a trigger: the flow's, the trigger's rendered, and those of a backfill.
    /// - Returns: also a warning for each label that cannot be rendered, which is left out.
    public static func triggered(
        of id: ExecutionID, flow: [Label], trigger: [Label], backfill: [Label] = [], in scope: Scope
    ) -> (labels: [Label], warnings: [String]) {
        let (rendered, warnings) = rendered(trigger, in: scope)
        return (correlated(plain(flow) + rendered + plain(backfill), id: id), warnings)
    }

    /// A trigger's own labels with their values rendered.
    /// - Parameter told: says where in the flow a failure is.
    static func rendered(
        _ labels: [Label], in scope: Scope, told: (TaskFailure) -> String = { $0.message }
    ) -> (labels: [Label], warnings: [String]) {
        var (rendered, warnings): ([Label], [String]) = ([], [])
        for label in plain(labels) {
            do throws(ExpressionError) {
                rendered.append(Label(key: label.key, value: try Renderer.text(label.value, in: scope)))
            } catch {
                let why = told(TaskFailure(error, property: "labels"))
                warnings.append("The label '\(label.key)' is left out, its value cannot be rendered: \(why)")
            }
        }
        return (rendered, warnings)
    }

    /// Labels in a property: a map, or a list of `{key, value}`; null values are empty texts.
    public static func read(_ value: Value?) -> [Label] {
        switch value {
        case .map(let members)?: members.map { Label(key: $0.key, value: $0.value.printed()) }
        case .list(let items)?:
            items.compactMap { item in
                item["key"]?.string.map { Label(key: $0, value: item["value"]?.printed() ?? "") }
            }
        default: []
        }
    }

    /// The refusal of a label that only the server may set.
    public static func system(_ label: Label) -> Problem {
        Problem(
            "label.system",
            what: "System labels can only be set by Kestra itself, offending label: \(label.key)=\(label.value)",
            fix: "rename the label")
    }

    static func isSystem(_ label: Label) -> Bool { label.key.hasPrefix("system.") }

    private static func plain(_ labels: [Label]) -> [Label] { labels.filter { !isSystem($0) } }

    private static func correlated(_ labels: [Label], id: ExecutionID) -> [Label] {
        labels.contains { $0.key == correlationID } ? labels : labels + [Label(key: correlationID, value: "\(id)")]
    }
}
