import FlowModel

extension Statements {
    private static var headColumns: String { "n.name, f.id, f.revision, f.disabled, f.deleted, f.updated, f.summary" }
    private static var revisionColumns: String {
        "n.name, f.id, r.revision, r.disabled, r.deleted, r.created, r.summary, r.source"
    }
    private static var revisionTables: String {
        "flows f JOIN namespaces n ON n.key = f.namespace JOIN flow_revisions r ON r.flow = f.key"
    }

    private func head(_ row: Prepared) -> FlowHead {
        FlowHead(
            key: FlowKey(row.text(0), row.text(1)), revision: row.int(2), disabled: row.int(3) != 0,
            deleted: row.int(4) != 0, updated: row.moment(5), summary: row.optionalText(6))
    }

    func flow(_ key: FlowKey, revision: Int?, evenDeleted: Bool) throws(StorageError) -> StoredFlow? {
        let row = try statement(
            """
            SELECT \(Self.revisionColumns) FROM \(Self.revisionTables)
            WHERE n.name = ?1 AND f.id = ?2 AND r.revision = coalesce(?3, f.revision) AND (NOT r.deleted OR ?4)
            """)
        row.bind(1, key.namespace)
        row.bind(2, key.id)
        row.bind(3, revision)
        row.bind(4, evenDeleted || revision != nil ? 1 : 0)
        defer { row.reset() }
        return try row.step() ? StoredFlow(head: head(row), source: row.text(7)) : nil
    }

    func revisions(of key: FlowKey) throws(StorageError) -> [StoredFlow] {
        let row = try statement(
            "SELECT \(Self.revisionColumns) FROM \(Self.revisionTables) WHERE n.name = ?1 AND f.id = ?2 ORDER BY r.revision"
        )
        row.bind(1, key.namespace)
        row.bind(2, key.id)
        defer { row.reset() }
        var flows: [StoredFlow] = []
        while try row.step() { flows.append(StoredFlow(head: head(row), source: row.text(7))) }
        return flows
    }

    /// Newest revisions, without text, that match all of the query but its text in the source.
    private func heads(_ query: FlowQuery) throws(StorageError) -> [FlowHead] {
        let sql = """
            SELECT \(Self.headColumns) FROM flows f JOIN namespaces n ON n.key = f.namespace
            WHERE f.revision > 0 AND (NOT f.deleted OR \(query.evenDeleted ? 1 : 0))
            """
        var heads: [FlowHead] = []
        let text = query.text.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        func take(_ row: Prepared) throws(StorageError) {
            defer { row.reset() }
            while try row.step() {
                let head = head(row)
                guard query.namespace.contains(head.key.namespace) else { continue }
                if let text, !head.key.id.lowercased().contains(text), !head.key.namespace.lowercased().contains(text) {
                    continue
                }
                heads.append(head)
            }
        }
        if case .exactly(let name) = query.namespace {
            let row = try statement(sql + " AND n.name = ?1")
            row.bind(1, name)
            try take(row)
        } else {
            try take(try statement(sql))
        }
        heads.sort { one, other in
            let (first, second) = query.descending ? (other, one) : (one, other)
            switch query.sort {
            case .key: return first.key < second.key
            case .idThenNamespace: return (first.key.id, first.key.namespace) < (second.key.id, second.key.namespace)
            case .updated:
                return first.updated == second.updated ? first.key < second.key : first.updated < second.updated
            }
        }
        return heads
    }

    /// What matches wholly; with text in the source every candidate's source is looked at.
    private func matching(_ query: FlowQuery) throws(StorageError) -> [FlowHead] {
        var heads = try heads(query)
        guard let text = query.sourceText, !text.isEmpty else { return heads }
        let row = try statement(
            """
            SELECT 1 FROM \(Self.revisionTables) WHERE n.name = ?1 AND f.id = ?2 AND r.revision = ?3
                AND r.source LIKE ?4 ESCAPE '\\'
            """)
        var found: [FlowHead] = []
        for head in heads {
            row.bind(1, head.key.namespace)
            row.bind(2, head.key.id)
            row.bind(3, head.revision)
            row.bind(4, Pattern.containing(text))
            if try row.step() { found.append(head) }
            row.reset()
        }
        heads = found
        return heads
    }

    func flowHeads(_ query: FlowQuery, _ page: PageRequest) throws(StorageError) -> Page<FlowHead> {
        let heads = try matching(query)
        return Page(Array(heads.dropFirst(page.skip).prefix(page.size)), total: heads.count)
    }

    func flows(_ query: FlowQuery, _ page: PageRequest) throws(StorageError) -> Page<StoredFlow> {
        let heads = try matching(query)
        var flows: [StoredFlow] = []
        for head in heads.dropFirst(page.skip).prefix(page.size) {
            if let flow = try flow(head.key, revision: head.revision, evenDeleted: false) { flows.append(flow) }
        }
        return Page(flows, total: heads.count)
    }

    func namespacesWithFlows() throws(StorageError) -> [String] {
        let row = try statement(
            """
            SELECT n.name FROM namespaces n
            WHERE EXISTS (SELECT 1 FROM flows f WHERE f.namespace = n.key AND f.revision > 0 AND NOT f.deleted) ORDER BY 1
            """)
        defer { row.reset() }
        var names: [String] = []
        while try row.step() { names.append(row.text(0)) }
        return names
    }

    func flowChanges(_ namespace: NamespaceFilter) throws(StorageError) -> Int {
        let row = try statement("SELECT changes FROM namespaces WHERE key = ?1")
        var changes = 0
        for (key, _) in try namespaceKeys(namespace) {
            row.bind(1, key)
            if try row.step() { changes += row.int(0) }
            row.reset()
        }
        return changes
    }
}
