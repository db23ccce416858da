import FlowModel

/// What a `…/by-query` route may be asked by. A misspelt filter, or none at all, must not make it act on everything.
/// Source: engine spec §11.1; the need of a filter is ours.
struct BulkQuery: Sendable {
    /// What the query finds, in the plural.
    var kind: String
    /// Fields that are filtered by, as plain parameters and as filters.
    var fields: Set<String>
    /// Further fields of filters.
    var filterFields: Set<String>
    /// Parameters that say how.
    var options: Set<String>

    static let executions = BulkQuery(
        kind: "executions",
        fields: [
            "q", "namespace", "flowId", "scope", "labels", "startDate", "endDate", "timeRange", "state",
            "triggerExecutionId", "childFilter",
        ],
        filterFields: ["query", "label", "executionId", "id", "kind"],
        options: [
            "deleteLogs", "deleteMetrics", "deleteStorage", "includeNonTerminated", "newStatus", "latestRevision",
            "isOnKillCascade",
        ])
    static let flows = BulkQuery(
        kind: "flows", fields: ["q", "namespace", "flowId", "scope", "labels"], filterFields: ["query", "label"],
        options: [])
    static let triggers = BulkQuery(
        kind: "triggers", fields: ["q", "namespace", "flowId", "scope", "workerId"],
        filterFields: ["query", "triggerId"], options: ["disabled"])

    /// Parameters that clients send along with every search.
    private static let always: Set<String> = ["all", "page", "size", "sort"]

    /// - Throws: 422 for what is no parameter here, and when nothing limits what is found and `all=true` is not said.
    func check(_ query: Query) throws(Refusal) {
        var isLimited = false
        for filter in try Filter.all(in: query) {
            guard fields.contains(filter.field) || filterFields.contains(filter.field) else {
                throw .illegalArgument("there is no filter `\(filter.field)` for \(kind)", code: "unknown-filter")
            }
            isLimited = isLimited || Self.limits(filter.field, filter.value)
        }
        for item in query.items where !item.name.hasPrefix("filters[") || !item.name.hasSuffix("]") {
            if fields.contains(item.name) {
                isLimited = isLimited || Self.limits(item.name, item.value)
            } else if !options.contains(item.name), !Self.always.contains(item.name) {
                throw .illegalArgument(
                    "there is no parameter `\(item.name)` here; filters are \(fields.sorted().joined(separator: ", "))",
                    code: "unknown-parameter")
            }
        }
        if isLimited { return }
        if try query.flag("all") { return }
        throw .illegalArgument(
            "without a filter this would be done to all \(kind): give at least one, such as `namespace=company.team`, "
                + "or say `all=true`",
            code: "no-filter")
    }

    private static func limits(_ field: String, _ value: String) -> Bool {
        let values = value.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
        switch field {
        case "q", "query": return !values.isEmpty && values != ["*"]
        case "scope": return Set(values).count == 1
        case "kind": return false
        default: return !values.isEmpty
        }
    }
}
