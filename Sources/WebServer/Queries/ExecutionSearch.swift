import FlowModel
import Storage

extension ExecutionQuery {
    /// The search parameters of executions. Source: engine spec §11.1, since-0.20 §11.
    /// - Returns: nil when nothing can match.
    static func read(_ call: Call, engine: any EngineDoor) async throws -> ExecutionQuery? {
        let common = try CommonFilters(call, now: engine.clock.now)
        var query = ExecutionQuery()
        guard let namespace = try await common.namespace?.filter(among: engine.store.namespaces) else { return nil }
        query.namespace = namespace
        query.text = common.text
        query.flowIDs = common.flowIDs
        query.labels = common.labels
        query.startDate = common.startDate
        query.endDate = common.endDate
        query.states = try call.query.list("state").map(State.read)
        var canMatch = true
        if let text = call.query.text("triggerExecutionId") {
            query.triggerExecutionID = ExecutionID(text)
            canMatch = query.triggerExecutionID != nil
        }
        if let text = call.query.text("childFilter") { query.family = try Family.read(text) }
        for filter in common.others {
            switch filter.field {
            case "state":
                switch filter.operation {
                case .equals, .isIn: query.states += try filter.values.map(State.read)
                case .notEquals, .isNotIn:
                    let excluded = try filter.values.map(State.read)
                    query.states += State.allCases.filter { !excluded.contains($0) }
                default: throw filter.unsupported
                }
            case "triggerExecutionId":
                query.triggerExecutionID = ExecutionID(filter.value)
                canMatch = canMatch && query.triggerExecutionID != nil
            case "childFilter": query.family = try Family.read(filter.value)
            case "executionId", "id": query.text = filter.value
            case "kind": if filter.operation == .equals, filter.value.uppercased() != "NORMAL" { canMatch = false }
            default: throw Refusal.illegalArgument("there is no filter `\(filter.field)` for executions")
            }
        }
        try query.sort(as: try call.sort())
        return canMatch ? query : nil
    }

    private mutating func sort(as wanted: (field: String, descending: Bool)?) throws(Refusal) {
        guard let wanted else { return }
        switch wanted.field {
        case "state.startDate", "startDate", "state.start_date": sort = .startDate
        case "state.endDate", "endDate", "state.end_date": sort = .endDate
        case "state.duration", "duration": sort = .duration
        case "state.current", "state": sort = .state
        case "namespace": sort = .namespace
        case "flowId": sort = .flowID
        case "id": sort = .id
        default: throw Call.badSort(wanted.field)
        }
        descending = wanted.descending
    }
}

extension ExecutionQuery.Family {
    fileprivate static func read(_ text: String) throws(Refusal) -> Self {
        switch text.uppercased() {
        case "CHILD": return .child
        case "MAIN": return .main
        default: throw .illegalArgument("`childFilter` is CHILD or MAIN, not `\(text)`")
        }
    }
}

extension State {
    static func read(_ text: String) throws(Refusal) -> State {
        // The newer spelling of one state has one l.
        guard let state = State(rawValue: text.uppercased() == "CANCELED" ? "CANCELLED" : text.uppercased()) else {
            throw .illegalArgument(
                "`\(text)` is no state; use one of \(State.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return state
    }
}
