import FlowModel
import Storage

/// A flow as the API tells it: what its document says, in the order of its members, with labels as a list.
/// Source: engine spec §1.2.
///
/// Made from the document, not from what was understood of it, so that nothing a user wrote is missing, and a flow that can no
/// longer be read is told as far as possible, with the reason in `exception`.
struct FlowBody {
    var head: FlowHead
    var source: String
    /// Whether the document itself is told too, in `source`.
    var withSource = false
    /// Why the flow cannot run, if it cannot.
    var exception: String?

    init(_ stored: StoredFlow, withSource: Bool = false, exception: String? = nil) {
        head = stored.head
        source = stored.source
        self.withSource = withSource
        self.exception = exception
    }

    var value: Value {
        let read = Self.document(source)
        let document = read.document ?? [:]
        var members: ValueMap = [
            "id": .string(head.key.id), "namespace": .string(head.key.namespace),
            "revision": .int(Int64(head.revision)),
        ]
        if let inputs = document["inputs"], !inputs.isNull { members["inputs"] = inputs }
        members["disabled"] = .bool(document["disabled"]?.bool ?? head.disabled)
        members["deleted"] = .bool(head.deleted)
        if let text = document["description"], !text.isNull { members["description"] = text }
        let labels = Self.labels(document["labels"])
        if !labels.isEmpty { members["labels"] = .list(labels) }
        if let variables = document["variables"], !variables.isNull { members["variables"] = variables }
        members["tasks"] = document["tasks"] ?? []
        for (name, value) in document where members[name] == nil && !Self.ownMembers.contains(name) && !value.isNull {
            members[name] = value
        }
        members["updated"] = .moment(.instant(Instant(head.updated)))
        if let exception = exception ?? read.problem { members["exception"] = .string(exception) }
        if withSource { members["source"] = .string(source) }
        return .map(members)
    }

    /// What a form needs to start it: inputs, and of tasks and triggers only ids and types. Source: engine spec §11.3.
    var reduced: Value {
        guard case .map(var members) = value else { return value }
        for name in ["tasks", "errors", "finally", "afterExecution", "triggers"] {
            if let list = members[name] { members[name] = Self.reduced(list) }
        }
        for name in ["variables", "pluginDefaults", "taskDefaults", "listeners", "source"] { members[name] = nil }
        return .map(members)
    }

    /// Tasks without their own properties; lists of tasks below them stay.
    private static func reduced(_ value: Value) -> Value {
        switch value {
        case .list(let items): return .list(items.map(reduced))
        case .map(let members):
            guard members["id"] != nil, members["type"] != nil else {
                let below = members.filter { holdsTasks($0.value) }
                return .map(below.mapValues(reduced))
            }
            var kept: ValueMap = [:]
            for (name, member) in members {
                if name == "id" || name == "type" { kept[name] = member }
                if holdsTasks(member) { kept[name] = reduced(member) }
            }
            return .map(kept)
        default: return value
        }
    }

    private static func holdsTasks(_ value: Value) -> Bool {
        switch value {
        case .list(let items): items.contains(where: holdsTasks)
        case .map(let members):
            (members["id"]?.string != nil && members["type"]?.string != nil)
                || members.values.contains(where: holdsTasks)
        default: false
        }
    }

    /// Whether the document has all of these labels.
    func has(_ labels: [Label]) -> Bool {
        if labels.isEmpty { return true }
        let own = Self.labels(Self.document(source).document?["labels"])
        return labels.allSatisfy { label in
            own.contains { $0["key"]?.string == label.key && $0["value"]?.plain() == label.value }
        }
    }

    private static let ownMembers: Set<String> = [
        "id", "namespace", "revision", "labels", "inputs", "description", "variables", "disabled", "deleted", "source",
        "updated", "exception",
    ]

    /// A document as plain values; nil, with the reason, when it is no map or no YAML at all.
    static func document(_ source: String) -> (document: ValueMap?, problem: String?) {
        do throws(Problem) {
            let node = try YAMLReader().document(source)
            guard let map = node.value.map else { return (nil, "the document is no map") }
            return (map, nil)
        } catch {
            return (nil, error.what)
        }
    }

    /// A map or a list of `{key, value}` as a list.
    static func labels(_ value: Value?) -> [Value] {
        switch value {
        case .map(let members)?:
            members.elements.map { ["key": .string($0.key), "value": .string($0.value.plain())] }
        case .list(let items)?: items
        default: []
        }
    }
}

extension ValueMap {
    /// The task with this id, wherever in a flow's document it stands: in any list or map below.
    static func task(_ id: String, in value: Value) -> Value? {
        switch value {
        case .map(let members):
            if members["id"]?.string == id, members["type"]?.string != nil { return value }
            for (name, member) in members where name != "inputs" && name != "triggers" && name != "outputs" {
                if let found = task(id, in: member) { return found }
            }
            return nil
        case .list(let items):
            for item in items { if let found = task(id, in: item) { return found } }
            return nil
        default: return nil
        }
    }
}
