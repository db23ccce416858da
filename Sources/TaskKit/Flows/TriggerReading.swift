import FlowModel

/// Reads triggers and conditions. Source: engine spec §7.1, §7.5.
struct TriggerReading {
    let catalogue: Catalogue
    let findings: Findings

    private static let common: Set<String> = [
        "id", "type", "description", "disabled", "labels", "conditions", "stopAfter", "logLevel", "minLogLevel",
        "logToFile", "workerGroup", "workerSelector", "when", "allowConcurrent", "failOnTriggerError", "version",
        "assets",
    ]

    func list(_ node: Node) -> [FlowTrigger] {
        guard let items = findings.items(node) else { return [] }
        return items.enumerated().compactMap { index, item in findings.within(index) { trigger(item) } }
    }

    private func trigger(_ node: Node) -> FlowTrigger? {
        guard let members = findings.members(node, "a trigger") else { return nil }
        let id = findings.id(node["id"], of: node.mark, dots: false)
        guard let typeNode = node["type"], let written = findings.string(typeNode) else {
            findings.missingType(
                node, of: "trigger", common: Self.common,
                kinds: catalogue.triggers.values.map { ($0.about.type, $0.propertyNames) })
            return nil
        }
        guard let kind = catalogue.trigger(written) else {
            findings.unknownType(
                written, at: typeNode.mark, known: catalogue.triggers.keys.elements, element: "trigger")
            return nil
        }
        if kind.about.type != written {
            findings.add(
                "trigger.alias", severity: .info, at: typeNode.mark, "`\(written)` is replaced by `\(kind.about.type)`")
        }
        var trigger = FlowTrigger(id: id ?? "", type: kind.about.type, mark: node.mark)
        for member in members {
            findings.within(member.key) {
                if kind.propertyNames.contains(member.key) {
                    trigger.properties[member.key] = member.value.value
                    trigger.propertyMarks[member.key] = member.value.mark
                    check(member.value, kind.properties.first { $0.name == member.key })
                } else if Self.common.contains(member.key) {
                    readCommon(member, into: &trigger)
                }
            }
            if !kind.propertyNames.contains(member.key), !Self.common.contains(member.key) {
                findings.unknown(member, on: "trigger \"\(trigger.id)\"", known: kind.propertyNames + Self.common)
            }
        }
        for property in kind.properties where property.isRequired && node[property.name].map({ $0.isNull }) ?? true {
            findings.add(
                "trigger.missing-property", at: node.mark, member: property.name, "must not be null",
                fix: "add `\(property.name)`: \(property.about)")
        }
        return trigger
    }

    private func check(_ node: Node, _ property: PropertyAbout?) {
        findings.checkExpressions(node)
        let value = node.value
        guard let property, !value.isNull, !value.mentionsExpressions else { return }
        if let what = property.check(value) {
            findings.add("trigger.bad-property", at: node.mark, what, fix: property.about)
        }
    }

    private func readCommon(_ member: Node.Member, into trigger: inout FlowTrigger) {
        let node = member.value
        switch member.key {
        case "description": trigger.description = findings.string(node)
        case "disabled": trigger.disabled = findings.bool(node) ?? false
        case "labels":
            trigger.labels = LabelReading(findings: findings).labels(node)
        case "conditions": trigger.conditions = conditions(node)
        case "stopAfter":
            trigger.stopAfter = (findings.items(node) ?? []).compactMap { item in
                guard let text = findings.string(item) else { return nil }
                if let state = State(rawValue: text) { return state }
                findings.add("flow.bad-choice", at: item.mark, "`\(text)` is no state")
                return nil
            }
        case "logLevel", "minLogLevel":
            if let text = findings.string(node), let level = LogLevel(name: text) { trigger.logLevel = level }
        case "when":
            findings.checkExpressions(node)
            trigger.properties["when"] = node.value
        case "allowConcurrent", "failOnTriggerError":
            trigger.properties[member.key] = .bool(findings.bool(node) ?? false)
        case "workerGroup":
            if let key = node["key"], !key.isNull {
                findings.add(
                    "flow.worker-group", at: node.mark, "Worker Group is an Enterprise Edition functionality",
                    fix: "remove workerGroup")
            }
        default: break
        }
    }

    /// Conditions of a trigger or a listener, nested ones included.
    func conditions(_ node: Node) -> [FlowCondition] {
        guard let items = findings.items(node) else { return [] }
        return items.enumerated().compactMap { index, item in findings.within(index) { condition(item) } }
    }

    private func condition(_ node: Node) -> FlowCondition? {
        guard let members = findings.members(node, "a condition") else { return nil }
        guard let typeNode = node["type"], let written = findings.string(typeNode) else {
            findings.missingType(
                node, of: "condition", common: ["id"],
                kinds: catalogue.conditions.values.map { ($0.about.type, $0.propertyNames) })
            return nil
        }
        guard let kind = catalogue.condition(written) else {
            findings.unknownType(
                written, at: typeNode.mark, known: catalogue.conditions.keys.elements, element: "condition")
            return nil
        }
        var condition = FlowCondition(type: kind.about.type, mark: node.mark, properties: [:])
        for member in members where member.key != "type" && member.key != "id" && member.key != "description" {
            if member.key == "conditions", case .list = member.value.content {
                condition.conditions = findings.within("conditions") { conditions(member.value) }
            } else if kind.propertyNames.contains(member.key) {
                condition.properties[member.key] = member.value.value
                findings.within(member.key) { check(member.value, kind.properties.first { $0.name == member.key }) }
            } else {
                findings.unknown(member, on: "condition \(written)", known: kind.propertyNames)
            }
        }
        for property in kind.properties where property.isRequired && node[property.name].map({ $0.isNull }) ?? true {
            findings.add(
                "condition.missing-property", at: node.mark, member: property.name, "must not be null",
                fix: property.about)
        }
        return condition
    }
}

/// Reads labels: a map, or a list of `{key, value}`. Source: engine spec §1.2.
struct LabelReading {
    let findings: Findings

    func labels(_ node: Node) -> [Label] {
        findings.checkExpressions(node)
        switch node.content {
        case .map(let members):
            return members.compactMap { member in label(member.key, member.value) }
        case .list(let items):
            return items.compactMap { item in
                guard let key = item["key"].flatMap(findings.string), let value = item["value"] else {
                    findings.add("label.shape", at: item.mark, "must be a map with `key` and `value`")
                    return nil
                }
                return label(key, value)
            }
        case .scalar:
            if !node.isNull {
                findings.add("label.shape", at: node.mark, "must be a map of texts, or a list of key and value")
            }
            return []
        }
    }

    private func label(_ key: String, _ node: Node) -> Label? {
        guard let text = node.text else {
            findings.add(
                "label.shape", at: node.mark, member: key, "must be a text, a number or a boolean, not \(node.kindName)"
            )
            return nil
        }
        return Label(key: key, value: node.isNull ? "" : text)
    }
}
