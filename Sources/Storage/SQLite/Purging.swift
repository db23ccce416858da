import FlowModel

extension WriteSession {
    func purgeExecutions(
        _ query: ExecutionQuery, limit: Int, evenOpen: Bool, rows: Bool, logs: Bool, metrics: Bool
    ) throws(StorageError) -> Purged {
        var query = query
        query.sort = .startDate
        query.descending = false
        if !evenOpen {
            let ended = State.allCases.filter(\.isTerminated)
            query.states = query.states.isEmpty ? ended : query.states.filter(\.isTerminated)
            if query.states.isEmpty { return Purged() }
        }
        // Counters of this transaction are not in their rows yet, so the plan is made from what was committed.
        let keys = try executionKeys(query, try plan(query), PageRequest(size: limit))
        var purged = Purged()
        purged.hasMore = keys.count == limit && rows
        for execution in try executions(keys: keys) {
            purged.executions.append((FlowKey(execution.namespace, execution.flowID), execution.id))
            if rows {
                let gone = try delete(execution.id, logs: logs, metrics: metrics)
                purged.logs += gone?.logs ?? 0
                purged.metrics += gone?.metrics ?? 0
            } else if logs {
                purged.logs += try deleteLogs(ofKey: Int64(bitPattern: execution.id.high), LogFilter())
            }
        }
        return purged
    }

    func purgeLogs(_ query: LogQuery, limit: Int) throws(StorageError) -> Int {
        let keys = try logKeys(try plan(query), need: limit, descending: false)
        try deleteLogs(keys: keys)
        return keys.count
    }

    func deleteLogs(of id: ExecutionID, _ filter: LogFilter) throws(StorageError) -> Int {
        guard let key = Int64(exactly: id.high) else { return 0 }
        known[id] = nil
        return try deleteLogs(ofKey: key, filter)
    }
}
