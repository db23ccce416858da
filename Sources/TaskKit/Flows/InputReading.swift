import FlowModel

/// Reads the declared inputs of a flow. Source: engine spec §2.1, §2.2.
struct InputReading {
    let findings: Findings

    /// What an input of a kind may say besides what all inputs may.
    private static func properties(of kind: FlowInput.Kind) -> [String] {
        switch kind {
        case .string, .secret: ["validator"]
        case .enum: ["values"]
        case .select: ["values", "expression", "allowCustomValue", "isRadio", "autoSelectFirst"]
        case .multiselect: ["values", "options", "expression", "itemType", "allowCustomValue", "autoSelectFirst"]
        case .int, .float, .duration: ["min", "max"]
        case .dateTime, .date, .time: ["after", "before"]
        case .file: ["extension", "allowedFileExtensions"]
        case .array: ["itemType"]
        case .json: ["jsonSchema"]
        case .boolean, .bool, .yaml, .uri, .email: []
        }
    }

    private static let common = [
        "id", "name", "type", "description", "displayName", "required", "defaults", "prefill", "dependsOn",
    ]

    func list(_ node: Node) -> [FlowInput] {
        guard let items = findings.items(node) else { return [] }
        return items.enumerated().compactMap { index, item in findings.within(index) { input(item) } }
    }

    private func input(_ node: Node) -> FlowInput? {
        guard let members = findings.members(node, "an input") else { return nil }
        let id = findings.id(node["id"] ?? node["name"], of: node.mark, dots: true)
        guard let typeNode = node["type"], let written = findings.string(typeNode) else {
            findings.add(
                "input.missing-type", at: node.mark, member: "type", "Invalid type: null", fix: "add `type: STRING`")
            return nil
        }
        guard let kind = FlowInput.Kind(rawValue: written) else {
            let names = FlowInput.Kind.allCases.map(\.rawValue)
            findings.add(
                "input.unknown-type", at: typeNode.mark, member: "type", "Invalid type: \(written)",
                fix: names.closest(to: written).map { "did you mean \($0)?" }
                    ?? "use one of \(names.joined(separator: ", "))")
            return nil
        }
        var input = FlowInput(id: id ?? "", kind: kind, mark: node.mark)
        let own = Self.properties(of: kind)
        for member in members {
            if own.contains(member.key) {
                input.properties[member.key] = member.value.value
                findings.within(member.key) { findings.checkExpressions(member.value) }
            } else if Self.common.contains(member.key) {
                findings.within(member.key) { readCommon(member, into: &input) }
            } else {
                findings.unknown(member, on: "input \"\(input.id)\" of type \(written)", known: own + Self.common)
            }
        }
        return input
    }

    private func readCommon(_ member: Node.Member, into input: inout FlowInput) {
        let node = member.value
        switch member.key {
        case "description": input.description = findings.string(node)
        case "displayName": input.displayName = findings.string(node)
        case "required": input.required = findings.bool(node) ?? true
        case "defaults":
            findings.checkExpressions(node)
            input.defaults = node.isNull ? nil : node.value
        case "prefill": input.properties["prefill"] = node.value
        case "dependsOn":
            input.dependsOn = node["inputs"].flatMap(findings.items)?.compactMap(findings.string) ?? []
            input.condition = node["condition"].flatMap(findings.string)
            findings.checkExpressions(node)
        default: break
        }
    }
}
