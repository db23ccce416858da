import FlowModel
import Hummingbird
import Storage

/// `/namespaces/{namespace}/kv`: the keys and values of a namespace. Source: engine spec §6.3, §11.6; since-0.20 §11.
struct KeyValueRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/kv", "All keys of all namespaces.", handler: all),
            .get("/namespaces/{namespace}/kv", "The keys of a namespace.", handler: list),
            .get("/namespaces/{namespace}/kv/inheritance", "The keys of a namespace's parents.", handler: inherited),
            .get("/namespaces/{namespace}/kv/{key}", "A value with its type.", handler: show),
            .put("/namespaces/{namespace}/kv/{key}", "Sets a value, with the header `ttl` for a while.", handler: set),
            .delete("/namespaces/{namespace}/kv/{key}", "Deletes a key.", handler: delete),
            .delete("/namespaces/{namespace}/kv", "Deletes several keys.", handler: deleteMany),
        ]
    }

    @Sendable private func all(_ call: Call) async throws -> Response {
        let common = try CommonFilters(call, now: engine.clock.now)
        guard let namespace = try await common.namespace?.filter(among: engine.store.kvNamespaces) else {
            return .json(["results": [], "total": 0])
        }
        var entries = try await engine.store.kvEntries(namespace, prefix: nil, at: engine.clock.now)
        if let text = common.text?.lowercased() { entries = entries.filter { $0.key.lowercased().contains(text) } }
        let page = try call.page().cut(entries)
        return .json { $0.page(page.items, total: page.total) { Self.write($0, namespace: true, to: &$1) } }
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let entries = try await engine.store.kvEntries(
            .exactly(call["namespace"]), prefix: nil, at: engine.clock.now)
        return .json { $0.list(entries) { Self.write($0, namespace: false, to: &$1) } }
    }

    @Sendable private func inherited(_ call: Call) async throws -> Response {
        let parents = NamespaceTree.parents(of: call["namespace"])
        let entries = try await engine.store.kvEntries(.oneOf(parents), prefix: nil, at: engine.clock.now)
        return .json { $0.list(entries) { Self.write($0, namespace: true, to: &$1) } }
    }

    private static func write(_ entry: KVEntry, namespace: Bool, to text: inout JSONText) {
        text.object { text in
            if namespace { text.member("namespace", entry.namespace) }
            text.member("key", entry.key)
            text.member("description", entry.description)
            text.member("creationDate", entry.created)
            text.member("updateDate", entry.updated)
            text.member("expirationDate", entry.expires)
        }
    }

    @Sendable private func show(_ call: Call) async throws -> Response {
        let (namespace, key) = (call["namespace"], try KVReading.key(call["key"]))
        switch try await engine.store.kv(namespace: namespace, key: key, at: engine.clock.now) {
        case .found(let entry):
            // The type is told anew for texts: one that looks like a duration reads back as one.
            var kind = entry.kind
            if kind == .string, let text = entry.value.string, KVReading.isDuration(text) { kind = .duration }
            return .json(["type": .string(kind.rawValue), "value": entry.value])
        case .expired:
            throw Refusal(.gone, "Resource has expired: The requested value has expired", code: "expired")
        case .missing:
            throw Refusal.notFound("No value found for key '\(key)' in namespace '\(namespace)'")
        }
    }

    @Sendable private func set(_ call: Call) async throws -> Response {
        let (namespace, key) = (call["namespace"], try KVReading.key(call["key"]))
        let now = engine.clock.now
        let (kind, value) = try KVReading.value(try await call.bodyText())
        var expires: Timestamp?
        if let text = call.header(HeaderName("ttl")!) {
            let ttl = try Query.duration(text, name: "ttl")
            guard ttl > .zero else { throw Refusal.illegalArgument("`ttl` must be longer than nothing, not \(text)") }
            expires = now.advanced(by: ttl)
        }
        let entry = KVEntry(
            namespace: namespace, key: key, kind: kind, value: value,
            description: call.header(HeaderName("description")!), at: now, expires: expires)
        try await engine.store.commit([.setKV(entry)])
        return .empty()
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let gone = try await engine.store.deleteKV(
            namespace: call["namespace"], keys: [call["key"]], at: engine.clock.now)
        return .json(.bool(!gone.isEmpty))
    }

    @Sendable private func deleteMany(_ call: Call) async throws -> Response {
        guard let keys = try await call.bodyJSON()["keys"]?.list else {
            throw Refusal.illegalArgument("the body must be {\"keys\": […]}")
        }
        let gone = try await engine.store.deleteKV(
            namespace: call["namespace"], keys: keys.compactMap(\.string), at: engine.clock.now)
        return .json(["keys": .list(gone.map { .string($0) })])
    }
}

/// How keys and values arrive. Source: engine spec §6.3, §11.6.
enum KVReading {
    static func key(_ text: String) throws(Refusal) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let others = Set("._-".utf8)
        guard let first = text.utf8.first, isPlain(first), text.utf8.allSatisfy({ isPlain($0) || others.contains($0) })
        else {
            throw .illegalArgument(
                "Key must start with an alphanumeric character (uppercase or lowercase) and can contain alphanumeric "
                    + "characters (uppercase or lowercase), dots (.), underscores (_), and hyphens (-) only.")
        }
        return text
    }

    static func isDuration(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "P") || first == UInt8(ascii: "-") else {
            return false
        }
        return (try? ISODuration(text)) != nil
    }

    /// A JSON value, or a bare date or instant.
    static func value(_ body: String) throws(Refusal) -> (KVEntry.Kind, Value) {
        let text = body.trimmed
        if let value = try? JSON.parse(text) {
            switch value {
            case .map, .list: return (.json, value)
            case .bool: return (.boolean, value)
            case .int, .float, .double, .decimal: return (.number, value)
            case .string(let text): return (isDuration(text) ? .duration : .string, value)
            case .null, .moment, .duration: break
            }
        }
        if let date = try? LocalDate(iso: text) { return (.date, .string(date.description)) }
        if let instant = try? Instant(iso: text) { return (.datetime, .string(instant.description)) }
        if isDuration(text) { return (.duration, .string(text)) }
        throw .illegalArgument(
            "the value is neither JSON nor a date: write a text with quotes, such as \"\(text.prefix(20))\"")
    }
}

/// Namespaces are nested by their dots.
enum NamespaceTree {
    /// `a.b.c` has the parents `a` and `a.b`.
    static func parents(of name: String) -> [String] {
        let parts = name.split(separator: ".")
        return (1..<max(parts.count, 1)).map { parts.prefix($0).joined(separator: ".") }
    }

    /// The names with all their parents, sorted.
    static func closure(of names: [String]) -> [String] { Set(names.flatMap { parents(of: $0) + [$0] }).sorted() }
}
