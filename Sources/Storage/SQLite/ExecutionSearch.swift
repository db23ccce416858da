import FlowModel

/// A search for executions, planned: index ranges in the order of creation to be merged, and what each row must hold besides.
///
/// An execution's number grows with its creation, so the entries of an index on (namespace, state) with equal values are in
/// that order already. A search takes the newest few of each range and never sorts or counts the history.
struct ExecutionPlan {
    /// Rows found through one index range, given by conditions on `e`.
    struct Range {
        var tables = "executions e"
        var condition: String
        var binds: [Bind]
        /// The column to be bounded and ordered by, which must be the last of the index.
        var key = "e.key"
        /// How many rows it has, where a counter knows.
        var count: Int?
    }

    var ranges: [Range]
    var low: Int64
    var high: Int64
    var isBounded: Bool
    /// Conditions that the ranges do not settle, each beginning with ` AND `.
    var rest: String
    var restBinds: [Bind]

    static let nothing = ExecutionPlan(ranges: [], low: 0, high: 0, isBounded: true, rest: "", restBinds: [])

    /// More ranges than this are worth less than one walk through everything.
    static let rangeLimit = 4_000
}

extension Statements {
    func plan(_ query: ExecutionQuery) throws(StorageError) -> ExecutionPlan {
        var plan = ExecutionPlan.nothing
        plan.low = query.startDate.map { LogRow.firstKey(of: $0) } ?? .min
        plan.high = query.endDate.map { LogRow.firstKey(of: $0) | 0xFFFFF } ?? .max
        plan.isBounded = query.startDate != nil || query.endDate != nil
        if let family = query.family {
            plan.rest += family == .child ? " AND (e.flags & 2) = 2" : " AND (e.flags & 2) = 0"
        }
        let flows = try flows(of: query)
        if let flows, flows.isEmpty, query.text == nil { return .nothing }
        if let single = try singleRange(query, &plan) {
            try addRest(query, flows: flows, to: &plan)
            plan.ranges = [single]
            return plan
        }
        if query.text != nil { return try planText(query, flows: flows ?? [], plan) }
        if let flows, flows.count <= ExecutionPlan.rangeLimit {
            plan.ranges = try ranges(flows: flows, states: query.states)
        } else if flows == nil, query.namespace != .any || !query.states.isEmpty {
            plan.ranges = try ranges(namespaces: query.namespace, states: query.states)
        } else if flows == nil {
            plan.ranges = [.init(condition: "TRUE", binds: [], count: try executionTotal())]
        }
        if max(flows?.count ?? 0, plan.ranges.count) > ExecutionPlan.rangeLimit {
            plan.ranges = [.init(condition: "TRUE", binds: [])]
            try addRest(query, flows: flows, to: &plan)
        }
        return plan
    }

    /// The range of a query that names something rarer than a flow: the execution that started it, a copied one, a label.
    private func singleRange(_ query: ExecutionQuery, _ plan: inout ExecutionPlan) throws(StorageError)
        -> ExecutionPlan.Range?
    {
        if let id = query.triggerExecutionID {
            if let parent = query.parentID {
                plan.rest += " AND e.parent = ?"
                plan.restBinds.append(.id(parent))
            }
            addLabels(query.labels[...], to: &plan)
            return .init(
                tables: "execution_children c CROSS JOIN executions e ON e.key = c.child", condition: "c.parent = ?",
                binds: [.int(Int64(bitPattern: id.high))], key: "c.child")
        }
        if let parent = query.parentID {
            addLabels(query.labels[...], to: &plan)
            return .init(condition: "e.parent = ?", binds: [.id(parent)])
        }
        guard let label = query.labels.first else { return nil }
        addLabels(query.labels.dropFirst(), to: &plan)
        if label.key == ExecutionRow.correlationLabel, let id = ExecutionID(label.value) {
            // The execution's own label is not in the index.
            return .init(
                condition: """
                    e.key IN (SELECT execution FROM execution_labels WHERE name = (SELECT key FROM names WHERE name = ?) \
                    AND value = ? UNION SELECT key FROM executions WHERE key = ? AND low = ? AND flags & 1)
                    """,
                binds: [
                    .text(label.key), .text(label.value), .int(Int64(bitPattern: id.high)),
                    .int(Int64(bitPattern: id.low)),
                ])
        }
        return .init(
            tables: "execution_labels c CROSS JOIN executions e ON e.key = c.execution",
            condition: "c.name = (SELECT key FROM names WHERE name = ?) AND c.value = ?",
            binds: [.text(label.key), .text(label.value)], key: "c.execution")
    }

    private func addLabels(_ labels: ArraySlice<Label>, to plan: inout ExecutionPlan) {
        for label in labels {
            let own = label.key == ExecutionRow.correlationLabel ? ExecutionID(label.value) : nil
            plan.rest += """
                 AND (EXISTS (SELECT 1 FROM execution_labels x WHERE x.name = (SELECT key FROM names WHERE name = ?) \
                AND x.value = ? AND x.execution = e.key)
                """
            plan.restBinds += [.text(label.key), .text(label.value)]
            if let own {
                plan.rest += " OR (e.key = ? AND e.low = ? AND (e.flags & 1) = 1)"
                plan.restBinds += [.int(Int64(bitPattern: own.high)), .int(Int64(bitPattern: own.low))]
            }
            plan.rest += ")"
        }
    }

    /// Everything about flows, states and text as conditions on a row.
    private func addRest(_ query: ExecutionQuery, flows: [Int64]?, to plan: inout ExecutionPlan) throws(StorageError) {
        if !query.states.isEmpty {
            plan.rest += " AND ((? >> e.state) & 1) = 1"
            plan.restBinds.append(.int(Self.mask(query.states)))
        }
        if let flows {
            let list = "[" + flows.map(String.init).joined(separator: ",") + "]"
            if let prefix = query.text.flatMap(IDPrefix.init) {
                plan.rest += " AND (e.flow IN (SELECT value FROM json_each(?)) OR e.key BETWEEN ? AND ?)"
                plan.restBinds += [.text(list), .int(prefix.low), .int(prefix.high)]
                // The text may be of the flow or of the id; the flow's names must fit in any case.
                try addFlows(of: query, to: &plan)
            } else {
                plan.rest += " AND e.flow IN (SELECT value FROM json_each(?))"
                plan.restBinds.append(.text(list))
            }
        } else if query.namespace != .any {
            let keys = try namespaceKeys(query.namespace).map(\.key)
            plan.rest += " AND e.namespace IN (SELECT value FROM json_each(?))"
            plan.restBinds.append(.text("[" + keys.map(String.init).joined(separator: ",") + "]"))
        }
    }

    private func addFlows(of query: ExecutionQuery, to plan: inout ExecutionPlan) throws(StorageError) {
        var plain = query
        plain.text = nil
        if let flows = try flows(of: plain) {
            plan.rest += " AND e.flow IN (SELECT value FROM json_each(?))"
            plan.restBinds.append(.text("[" + flows.map(String.init).joined(separator: ",") + "]"))
        } else if query.namespace != .any {
            plain.flows = []
            try addRest(plain, flows: nil, to: &plan)
        }
    }

    /// Text is part of a flow's name or the beginning of an id: the ranges of those flows, and that of those ids.
    private func planText(_ query: ExecutionQuery, flows: [Int64], _ start: ExecutionPlan) throws(StorageError)
        -> ExecutionPlan
    {
        var plan = start
        guard let prefix = query.text.flatMap(IDPrefix.init) else {
            if flows.count <= ExecutionPlan.rangeLimit {
                plan.ranges = try ranges(flows: flows, states: query.states)
            } else {
                plan.ranges = [.init(condition: "TRUE", binds: [])]
                try addRest(query, flows: flows, to: &plan)
            }
            return plan
        }
        if flows.count > ExecutionPlan.rangeLimit {
            plan.ranges = [.init(condition: "TRUE", binds: [])]
            try addRest(query, flows: flows, to: &plan)
            return plan
        }
        plan.ranges = try ranges(flows: flows, states: query.states)
        var ids = ExecutionPlan.nothing
        try addFlows(of: query, to: &ids)
        if !query.states.isEmpty, !ids.rest.contains("e.state") {
            ids.rest += " AND ((? >> e.state) & 1) = 1"
            ids.restBinds.append(.int(Self.mask(query.states)))
        }
        let list = "[" + flows.map(String.init).joined(separator: ",") + "]"
        plan.ranges.append(
            .init(
                condition: "e.key BETWEEN ? AND ? AND e.flow NOT IN (SELECT value FROM json_each(?))" + ids.rest,
                binds: [.int(prefix.low), .int(prefix.high), .text(list)] + ids.restBinds))
        return plan
    }

    static func mask(_ states: [State]) -> Int64 { states.reduce(0) { $0 | 1 << Int64($1.code) } }

    // MARK: Names

    func namespaceKeys(_ filter: NamespaceFilter) throws(StorageError) -> [(key: Int64, name: String)] {
        let row: Prepared
        switch filter {
        case .exactly(let name):
            row = try statement("SELECT key, name FROM namespaces WHERE name = ?1")
            row.bind(1, name)
        case .within(let root):
            row = try statement("SELECT key, name FROM namespaces WHERE name = ?1 OR (name >= ?2 AND name < ?3)")
            row.bind(1, root)
            row.bind(2, root + ".")
            row.bind(3, root + "/")  // the character after the dot
        case .any, .oneOf, .noneOf: row = try statement("SELECT key, name FROM namespaces")
        }
        defer { row.reset() }
        var found: [(key: Int64, name: String)] = []
        while try row.step() {
            let name = row.text(1)
            if filter.contains(name) { found.append((row.int64(0), name)) }
        }
        return found
    }

    /// The flows that a query names, or whose name has its text; nil when it names none.
    private func flows(of query: ExecutionQuery) throws(StorageError) -> [Int64]? {
        if query.flows.isEmpty, query.flowIDs.isEmpty, query.text == nil { return nil }
        return try flowKeys(query.namespace, ids: query.flowIDs, among: query.flows, text: query.text)
    }

    func flowKeys(_ namespace: NamespaceFilter, ids: [String], among flows: [FlowKey], text: String?)
        throws(StorageError) -> [Int64]
    {
        let sql = "SELECT f.key, n.name, f.id FROM flows f JOIN namespaces n ON n.key = f.namespace"
        var found: [Int64] = []
        func take(_ row: Prepared) throws(StorageError) {
            defer { row.reset() }
            let text = text?.lowercased()
            while try row.step() {
                let key = FlowKey(row.text(1), row.text(2))
                guard namespace.contains(key.namespace), ids.isEmpty || ids.contains(key.id),
                    flows.isEmpty || flows.contains(key)
                else { continue }
                if let text, !key.namespace.lowercased().contains(text), !key.id.lowercased().contains(text) {
                    continue
                }
                found.append(row.int64(0))
            }
        }
        if !flows.isEmpty {
            for flow in Set(flows) {
                let row = try statement(sql + " WHERE n.name = ?1 AND f.id = ?2")
                row.bind(1, flow.namespace)
                row.bind(2, flow.id)
                try take(row)
            }
        } else if case .exactly(let name) = namespace {
            let row = try statement(sql + " WHERE n.name = ?1")
            row.bind(1, name)
            try take(row)
        } else {
            try take(try statement(sql))
        }
        return found
    }

    // MARK: Ranges

    private func ranges(flows: [Int64], states: [State]) throws(StorageError) -> [ExecutionPlan.Range] {
        let row = try statement("SELECT state, count FROM execution_totals WHERE flow = ?1 AND count > 0")
        var ranges: [ExecutionPlan.Range] = []
        for flow in flows {
            row.bind(1, flow)
            while try row.step() {
                guard states.isEmpty || states.contains(where: { $0.code == row.int(0) }) else { continue }
                ranges.append(
                    .init(
                        condition: "e.flow = ? AND e.state = ?", binds: [.int(flow), .int(row.int64(0))],
                        count: row.int(1)))
            }
            row.reset()
        }
        return ranges
    }

    private func ranges(namespaces: NamespaceFilter, states: [State]) throws(StorageError) -> [ExecutionPlan.Range] {
        let keys = namespaces == .any ? nil : Set(try namespaceKeys(namespaces).map(\.key))
        let row: Prepared
        if let keys, keys.count == 1, let key = keys.first {
            row = try statement(
                "SELECT namespace, state, count FROM execution_totals WHERE flow = 0 AND count > 0 AND namespace = ?1")
            row.bind(1, key)
        } else {
            row = try statement("SELECT namespace, state, count FROM execution_totals WHERE flow = 0 AND count > 0")
        }
        defer { row.reset() }
        var ranges: [ExecutionPlan.Range] = []
        while try row.step() {
            let (namespace, state) = (row.int64(0), row.int64(1))
            guard keys?.contains(namespace) ?? true, states.isEmpty || states.contains(where: { $0.code == state })
            else {
                continue
            }
            ranges.append(
                .init(
                    condition: "e.namespace = ? AND e.state = ?", binds: [.int(namespace), .int(state)],
                    count: row.int(2)))
        }
        return ranges
    }

    private func executionTotal() throws(StorageError) -> Int {
        let row = try statement("SELECT sum(count) FROM execution_totals WHERE flow = 0")
        defer { row.reset() }
        return try row.step() ? row.int(0) : 0
    }
}

/// The numbers of executions whose id, as text, begins with some characters.
struct IDPrefix {
    var low: Int64
    var high: Int64

    /// Nil for a text no id begins with.
    init?(_ prefix: String) {
        let count = prefix.utf8.count
        guard count > 0, count <= 22, let first = ExecutionID(prefix + String(repeating: "0", count: 22 - count)) else {
            return nil
        }
        let last = ExecutionID(prefix + String(repeating: "z", count: 22 - count))
        guard let low = Int64(exactly: first.high) else { return nil }
        self.low = low
        high = last.flatMap { Int64(exactly: $0.high) } ?? .max
    }
}
