import FlowModel

/// Values for all elements of a type. Source: engine spec §1.4.
public struct PluginDefault: Sendable {
    public var type: String
    public var forced: Bool
    public var values: [Node.Member]

    public init(type: String, forced: Bool, values: [Node.Member]) {
        self.type = type
        self.forced = forced
        self.values = values
    }

    /// Reads `{type, forced, values}` elements.
    public static func list(_ node: Node) -> [PluginDefault] {
        guard case .list(let items) = node.content else { return [] }
        return items.compactMap { item in
            guard let type = item["type"]?.text, case .map(let values)? = item["values"]?.content else { return nil }
            return PluginDefault(type: type, forced: item["forced"]?.value == true, values: values)
        }
    }
}

/// Lays a flow's and the server's plugin defaults over the elements of a document, before it is read.
struct PluginDefaults {
    /// Most important first.
    private let entries: [PluginDefault]
    private let catalogue: Catalogue

    var isEmpty: Bool { entries.isEmpty }

    init(own: Node?, server: [PluginDefault], catalogue: Catalogue, findings: Findings) {
        self.catalogue = catalogue
        if let own { Self.check(own, catalogue, findings) }
        entries = (own.map(PluginDefault.list) ?? []) + server
    }

    private static func check(_ node: Node, _ catalogue: Catalogue, _ findings: Findings) {
        guard let items = findings.items(node) else { return }
        for (index, item) in items.enumerated() {
            findings.within(index) {
                func add(_ what: String, at mark: Mark) {
                    findings.add("flow.plugin-default", at: mark, "Invalid Plugin Default: \(what)")
                }
                guard let type = item["type"]?.text else { return add("No type provided", at: item.mark) }
                guard case .map(let values)? = item["values"]?.content else {
                    return add("No 'values' provided", at: item.mark)
                }
                let names = catalogue.properties(of: type)
                for value in values {
                    if value.value.isNull { add("No value provided for key '\(value.key)'", at: value.keyMark) }
                    if let names, !names.contains(value.key) {
                        add("No property '\(value.key)' exists in plugin '\(type)'", at: value.keyMark)
                    }
                }
            }
        }
    }

    func apply(to members: [Node.Member]) -> [Node.Member] {
        members.map { member in
            guard member.key != "pluginDefaults", member.key != "taskDefaults" else { return member }
            var changed = member
            changed.value = apply(to: member.value)
            return changed
        }
    }

    private func apply(to node: Node) -> Node {
        switch node.content {
        case .scalar: return node
        case .list(let items): return Node(.list(items.map(apply)), at: node.mark)
        case .map(let members):
            let type = node["type"]?.text
            var merged = members
            if let type {
                for entry in entries where !entry.forced && matches(entry, type) {
                    merged = Self.fill(merged, from: entry.values)
                }
                for entry in entries.reversed() where entry.forced && matches(entry, type) {
                    merged = Self.overwrite(merged, with: entry.values)
                }
            }
            return Node(
                .map(merged.map { Node.Member(key: $0.key, keyMark: $0.keyMark, value: apply(to: $0.value)) }),
                at: node.mark)
        }
    }

    /// Equal, an alias, or a plain prefix.
    private func matches(_ entry: PluginDefault, _ type: String) -> Bool {
        type.hasPrefix(entry.type) || catalogue.fullName(type).map { $0 == catalogue.fullName(entry.type) } ?? false
    }

    /// Adds what is absent: maps deeply, lists by putting the default's elements first.
    private static func fill(_ members: [Node.Member], from defaults: [Node.Member]) -> [Node.Member] {
        var merged = members
        for value in defaults {
            guard let index = merged.firstIndex(where: { $0.key == value.key }) else {
                merged.append(value)
                continue
            }
            switch (merged[index].value.content, value.value.content) {
            case (.map(let own), .map(let more)): merged[index].value.content = .map(fill(own, from: more))
            case (.list(let own), .list(let more)): merged[index].value.content = .list(more + own)
            default: break
            }
        }
        return merged
    }

    private static func overwrite(_ members: [Node.Member], with values: [Node.Member]) -> [Node.Member] {
        var merged = members
        for value in values {
            if let index = merged.firstIndex(where: { $0.key == value.key }) {
                merged[index] = value
            } else {
                merged.append(value)
            }
        }
        return merged
    }
}

extension Catalogue {
    /// The properties that an element of a known type may have; nil for a prefix or an unknown type.
    fileprivate func properties(of type: String) -> Set<String>? {
        if let kind = task(type) {
            return Set(
                kind.propertyNames + kind.lists.map(\.name) + [
                    "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel",
                    "logToFile", "workerGroup",
                ])
        }
        if let kind = trigger(type) {
            return Set(
                kind.propertyNames + ["description", "disabled", "labels", "conditions", "stopAfter", "logLevel"])
        }
        return condition(type).map { Set($0.propertyNames) }
    }
}
