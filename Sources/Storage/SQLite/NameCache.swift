import FlowModel

/// The small numbers that stand for names, as far as the writer has met them.
struct NameCache {
    struct Flow {
        var key: Int64
        var namespace: Int64
    }

    var namespaces: [String: Int64] = [:]
    var names: [String: Int64] = [:]
    /// By namespace's number, then id.
    var flows: [FlowKey: Flow] = [:]

    /// Forgets all when it has grown beyond what a busy server needs.
    mutating func bound() {
        if namespaces.count > 10_000 { namespaces = [:] }
        if names.count > 20_000 { names = [:] }
        if flows.count > 20_000 { flows = [:] }
    }
}

extension WriteSession {
    func namespace(_ name: String) throws(StorageError) -> Int64 {
        if let key = names.namespaces[name] { return key }
        let key = try numbered(
            name, find: "SELECT key FROM namespaces WHERE name = ?1",
            add: "INSERT INTO namespaces (name) VALUES (?1) RETURNING key")
        names.namespaces[name] = key
        return key
    }

    /// For ids of tasks, triggers, metrics and keys of labels.
    func name(_ name: String) throws(StorageError) -> Int64 {
        if let key = names.names[name] { return key }
        let key = try numbered(
            name, find: "SELECT key FROM names WHERE name = ?1",
            add: "INSERT INTO names (name) VALUES (?1) RETURNING key")
        names.names[name] = key
        return key
    }

    func flow(_ flow: FlowKey) throws(StorageError) -> NameCache.Flow {
        if let found = names.flows[flow] { return found }
        let namespace = try namespace(flow.namespace)
        var key = try first("SELECT key FROM flows WHERE namespace = ?1 AND id = ?2", namespace, flow.id)
        if key == nil {
            key = try first("INSERT INTO flows (namespace, id) VALUES (?1, ?2) RETURNING key", namespace, flow.id)
        }
        guard let key else { throw StorageError(.io, "no number was given to the flow \(flow)") }
        let found = NameCache.Flow(key: key, namespace: namespace)
        names.flows[flow] = found
        return found
    }

    private func numbered(_ name: String, find: String, add: String) throws(StorageError) -> Int64 {
        for sql in [find, add] {
            let row = try statement(sql)
            row.bind(1, name)
            defer { row.reset() }
            if try row.step() {
                let key = row.int64(0)
                // Stepped to its end, so that an INSERT with RETURNING is done.
                _ = try row.step()
                return key
            }
        }
        throw StorageError(.io, "no number was given to the name \(name)")
    }

    private func first(_ sql: String, _ number: Int64, _ text: String) throws(StorageError) -> Int64? {
        let row = try statement(sql)
        row.bind(1, number)
        row.bind(2, text)
        defer { row.reset() }
        guard try row.step() else { return nil }
        let key = row.int64(0)
        _ = try row.step()
        return key
    }
}
