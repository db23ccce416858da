import FlowModel

/// One condition of a search: `filters[namespace][PREFIX]=company` or `filters[labels][EQUALS][team]=data`.
/// Source: since-0.20 §11.
struct Filter: Sendable, Hashable {
    enum Operation: String, Sendable, CaseIterable {
        case equals = "EQUALS", notEquals = "NOT_EQUALS", isIn = "IN", isNotIn = "NOT_IN", greaterThan = "GREATER_THAN"
        case lessThan = "LESS_THAN", atLeast = "GREATER_THAN_OR_EQUAL_TO", atMost = "LESS_THAN_OR_EQUAL_TO"
        case startsWith = "STARTS_WITH", endsWith = "ENDS_WITH", contains = "CONTAINS", regex = "REGEX"
        case prefix = "PREFIX"
    }

    var field: String
    var operation: Operation
    /// The key of a label.
    var key: String?
    var value: String

    /// The value as a list, for IN and NOT_IN and wherever several are allowed.
    var values: [String] { value.split(separator: ",").map { String($0).trimmed } }

    /// All filters of a query, in its order. - Throws: 422 for an operation that does not exist.
    static func all(in query: Query) throws(Refusal) -> [Filter] {
        var filters: [Filter] = []
        for item in query.items where item.name.hasPrefix("filters[") && item.name.hasSuffix("]") {
            let names = item.name.dropFirst("filters[".count).dropLast().split(
                separator: "][", omittingEmptySubsequences: false
            ).map(String.init)
            guard names.count >= 2, let operation = Operation(rawValue: names[1]) else {
                throw .illegalArgument(
                    "`\(item.name)` is no filter: write filters[field][OPERATION]=value, with one of "
                        + Operation.allCases.map(\.rawValue).joined(separator: ", "))
            }
            // A label's key may hold brackets and dots of its own.
            let key = names.count > 2 ? names[2...].joined(separator: "][") : nil
            filters.append(Filter(field: names[0], operation: operation, key: key, value: item.value))
        }
        return filters
    }

    var unsupported: Refusal {
        .illegalArgument("filter `\(field)` does not take \(operation.rawValue) here", code: "unsupported-filter")
    }
}

/// The members of a search that executions, flows, logs and triggers have in common, from flat parameters and filters.
struct CommonFilters: Sendable {
    /// Nil when no namespace can match.
    private(set) var namespace: NamespaceChoice? = .init()
    private(set) var text: String?
    private(set) var flowIDs: [String] = []
    private(set) var labels: [Label] = []
    private(set) var startDate: Timestamp?
    private(set) var endDate: Timestamp?
    /// Filters of other fields, for the reader of each kind.
    private(set) var others: [Filter] = []

    /// Source: engine spec §11.1.
    init(_ call: Call, now: Timestamp) throws(Refusal) {
        let query = call.query
        text = query.text("q").flatMap { $0 == "*" ? nil : $0 }
        var names = NamespaceChoice()
        if let name = query.text("namespace") { names.tests.append(.within(name)) }
        if let scope = query.text("scope") { try names.limit(toScopes: scope.split(separator: ",").map(String.init)) }
        flowIDs = query.list("flowId")
        labels = try Label.read(query.all("labels"))
        startDate = try query.moment("startDate")
        endDate = try query.moment("endDate")
        var range = query.text("timeRange")
        for filter in try Filter.all(in: query) {
            switch filter.field {
            case "q", "query": text = filter.value
            case "namespace": try names.add(filter)
            case "scope": try names.limit(toScopes: filter.values)
            case "flowId": try take(flowID: filter)
            case "labels", "label": try take(label: filter)
            case "startDate":
                guard [.atLeast, .greaterThan, .equals].contains(filter.operation) else { throw filter.unsupported }
                startDate = try Query.moment(filter.value, name: "startDate")
            case "endDate":
                guard [.atMost, .lessThan, .equals].contains(filter.operation) else { throw filter.unsupported }
                endDate = try Query.moment(filter.value, name: "endDate")
            case "timeRange": range = filter.value
            default: others.append(filter)
            }
        }
        if let range {
            if startDate != nil {
                throw .illegalArgument("Parameters 'startDate' and 'timeRange' are mutually exclusive")
            }
            let length = try Query.duration(range, name: "timeRange")
            startDate = now.advanced(by: .milliseconds(-length.milliseconds))
        }
        if let startDate, let endDate, startDate > endDate {
            throw .illegalArgument("Start date must be before End Date")
        }
        namespace = names
    }

    private mutating func take(flowID filter: Filter) throws(Refusal) {
        switch filter.operation {
        case .equals: flowIDs.append(filter.value)
        case .isIn: flowIDs += filter.values
        case .contains: text = filter.value
        default: throw filter.unsupported
        }
    }

    private mutating func take(label filter: Filter) throws(Refusal) {
        guard filter.operation == .equals || filter.operation == .isIn else { throw filter.unsupported }
        if let key = filter.key {
            labels.append(Label(key: key, value: filter.value))
        } else {
            labels += try Label.read([filter.value])
        }
    }
}

extension Label {
    /// `key:value` each; commas and further colons belong to the value. Source: engine spec §11.1.
    static func read(_ texts: [String]) throws(Refusal) -> [Label] {
        var labels: [Label] = []
        for text in texts where !text.isEmpty {
            guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
                throw Refusal(
                    .unprocessableContent, "Invalid queryString parameter: a label is written key:value, not `\(text)`",
                    code: "invalid-label")
            }
            labels.append(Label(key: String(text[..<colon]), value: String(text[text.index(after: colon)...])))
        }
        return labels
    }
}
