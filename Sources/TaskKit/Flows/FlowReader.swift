import FlowModel

/// A flow that was read, and what should be said about it though it is valid.
public struct FlowReading: Sendable {
    public var flow: Flow
    /// Warnings and infos, in order of place.
    public var remarks: [Problem]

    public init(flow: Flow, remarks: [Problem]) {
        self.flow = flow
        self.remarks = remarks
    }
}

/// Reads YAML sources as flows: everything that is wrong is found in one go, each finding with its place and how to mend it.
/// Source: engine spec §1.1, §1.2, §1.5.
public struct FlowReader: Sendable {
    public let catalogue: Catalogue
    public let defaults: [PluginDefault]

    /// - Parameter defaults: the server's own plugin defaults, least important of all.
    public init(catalogue: Catalogue, defaults: [PluginDefault] = []) {
        self.catalogue = catalogue
        self.defaults = defaults
    }

    /// - Parameter file: the name for places, as the user gave it.
    /// - Throws: all problems of the source, errors and warnings, in order of place.
    public func read(_ source: String, file: String? = nil) throws(Problems) -> FlowReading {
        let root: Node
        do throws(Problem) {
            root = try YAMLReader(file: file).document(source)
        } catch {
            throw Problems(error)
        }
        let findings = Findings(file: file, source: source)
        guard case .map(let members) = root.content else {
            throw Problems(
                Problem(
                    "flow.not-a-map", at: root.mark.place(in: file), what: "a flow must be a map, not \(root.kindName)",
                    fix: "begin with `id:`, `namespace:` and `tasks:`"))
        }
        let local = root["pluginDefaults"] ?? root["taskDefaults"]
        let applied = findings.within("pluginDefaults") {
            PluginDefaults(own: local, server: defaults, catalogue: catalogue, findings: findings)
        }
        let effective = applied.isEmpty ? members : applied.apply(to: members)
        var flow = header(root, source: source, findings)
        for member in effective { findings.within(member.key) { read(member, into: &flow, findings) } }
        if root["tasks"].map({ $0.isNull }) ?? true {
            findings.add(
                "flow.missing", at: root.mark, member: "tasks", "must not be empty",
                fix: "add `tasks:` with at least one task")
        }
        findings.append(FlowRules(flow: flow, file: file).problems())
        let problems = findings.problems.sorted {
            ($0.place ?? Place(line: 0, column: 0)) < ($1.place ?? Place(line: 0, column: 0))
        }
        if problems.contains(where: { $0.severity == .error }) { throw Problems(problems) }
        return FlowReading(flow: flow, remarks: problems)
    }

    private func header(_ root: Node, source: String, _ findings: Findings) -> Flow {
        let id = findings.id(root["id"], of: root.mark, dots: true, limit: 100)
        let namespace = findings.namespace(root["namespace"], of: root.mark)
        var flow = Flow(id: id ?? "", namespace: namespace ?? "", source: source)
        flow.file = findings.file
        return flow
    }

    private func read(_ member: Node.Member, into flow: inout Flow, _ findings: Findings) {
        let node = member.value
        let tasks = TaskReading(catalogue: catalogue, findings: findings)
        switch member.key {
        case "id", "namespace", "revision", "deleted", "updated", "pluginDefaults": break
        case "description": flow.description = findings.string(node)
        case "labels": flow.labels = LabelReading(findings: findings).labels(node)
        case "inputs": flow.inputs = InputReading(findings: findings).list(node)
        case "variables":
            findings.checkExpressions(node)
            if let map = node.value.map { flow.variables = map } else { _ = findings.members(node, "variables") }
        case "tasks":
            if case .list(let items) = node.content, items.isEmpty {
                findings.add("flow.empty", at: node.mark, "must not be empty", fix: "add at least one task")
            }
            flow.tasks = tasks.list(node)
        case "errors": flow.errors = tasks.list(node)
        case "finally": flow.finally = tasks.list(node)
        case "afterExecution": flow.afterExecution = tasks.list(node)
        case "listeners": flow.listeners = listeners(node, findings)
        case "triggers": flow.triggers = TriggerReading(catalogue: catalogue, findings: findings).list(node)
        case "outputs": flow.outputs = outputs(node, findings)
        case "concurrency": flow.concurrency = concurrency(node, findings)
        case "retry": flow.retry = RetryReading(findings: findings).retry(node)
        case "disabled": flow.disabled = findings.bool(node) ?? false
        case "sla", "checks", "draft", "quotas":
            findings.checkExpressions(node)
            flow.more[member.key] = node.value
        case "taskDefaults":
            findings.add(
                "flow.deprecated", severity: .warning, at: member.keyMark, "`taskDefaults` is deprecated",
                fix: "use pluginDefaults")
        case "workerGroup", "workerSelector", "policyRefs", "assets":
            findings.add(
                "flow.ignored", severity: .warning, at: member.keyMark, "`\(member.key)` is kept but has no effect here"
            )
        default:
            let known = [
                "id", "namespace", "description", "labels", "inputs", "variables", "tasks", "errors", "finally",
                "afterExecution", "triggers", "pluginDefaults", "concurrency", "outputs", "retry", "sla", "disabled",
                "listeners", "checks",
            ]
            findings.add(
                "flow.unknown-property", at: member.keyMark, "Unrecognized field \"\(member.key)\" on the flow",
                fix: known.closest(to: member.key).map { "did you mean \"\($0)\"?" }
                    ?? "use one of: \(known.joined(separator: ", "))")
        }
    }

    private func listeners(_ node: Node, _ findings: Findings) -> [FlowListener] {
        findings.add(
            "flow.deprecated", severity: .warning, at: node.mark, "`listeners` are deprecated",
            fix: "use afterExecution")
        guard let items = findings.items(node) else { return [] }
        return items.enumerated().compactMap { index, item in
            findings.within(index) {
                guard let members = findings.members(item, "a listener") else { return nil }
                for member in members where !["description", "conditions", "tasks"].contains(member.key) {
                    findings.unknown(member, on: "a listener", known: ["description", "conditions", "tasks"])
                }
                let conditions = item["conditions"].map { node in
                    findings.within("conditions") {
                        TriggerReading(catalogue: catalogue, findings: findings).conditions(node)
                    }
                }
                let tasks = TaskReading(catalogue: catalogue, findings: findings)
                    .requiredList(item["tasks"], of: item.mark, member: "tasks")
                return FlowListener(conditions: conditions ?? [], tasks: tasks)
            }
        }
    }

    private func outputs(_ node: Node, _ findings: Findings) -> [FlowOutput] {
        guard let items = findings.items(node) else { return [] }
        return items.enumerated().compactMap { index, item in
            findings.within(index) {
                guard findings.members(item, "an output") != nil else { return nil }
                findings.checkExpressions(item)
                let id = findings.id(item["id"], of: item.mark, dots: true)
                if item["value"].map({ $0.isNull }) ?? true {
                    findings.add(
                        "flow.missing", at: item.mark, member: "value", "must not be null", fix: "add `value:`")
                }
                guard let type = item["type"].flatMap(findings.string) else {
                    findings.add(
                        "flow.missing", at: item.mark, member: "type", "must not be null", fix: "add `type: STRING`")
                    return nil
                }
                guard FlowInput.Kind(rawValue: type) != nil else {
                    findings.add("output.unknown-type", at: item["type"]!.mark, member: "type", "Invalid type: \(type)")
                    return nil
                }
                return FlowOutput(
                    id: id ?? "", type: type, value: item["value"]?.value ?? .null,
                    required: item["required"].flatMap(findings.bool) ?? true,
                    displayName: item["displayName"]?.text, description: item["description"]?.text)
            }
        }
    }

    private func concurrency(_ node: Node, _ findings: Findings) -> Concurrency? {
        guard findings.members(node, "concurrency") != nil else { return nil }
        guard let limit = node["limit"].flatMap(findings.int) else {
            findings.add("flow.missing", at: node.mark, member: "limit", "must not be null", fix: "add `limit: 1`")
            return nil
        }
        if limit <= 0 { findings.add("flow.concurrency", at: node.mark, member: "limit", "must be greater than 0") }
        guard let text = node["behavior"].flatMap(findings.string) else { return Concurrency(limit: limit) }
        guard let behavior = Concurrency.Behavior(rawValue: text) else {
            findings.add(
                "flow.bad-choice", at: node.mark, member: "behavior", "`\(text)` is no behavior",
                fix: "use QUEUE, CANCEL or FAIL")
            return nil
        }
        return Concurrency(limit: limit, behavior: behavior)
    }
}

extension Findings {
    /// Checks a namespace against `^[a-z0-9][a-z0-9._-]*`.
    func namespace(_ node: Node?, of owner: Mark) -> String? {
        guard let node, !node.isNull else {
            add(
                "flow.missing", at: owner, member: "namespace", "must not be null", fix: "add `namespace: company.team`"
            )
            return nil
        }
        guard let text = string(node) else { return nil }
        let fits = text.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): index > 0
            default: false
            }
        }
        if text.isEmpty {
            add("flow.blank", at: node.mark, member: "namespace", "must not be blank")
        } else if !fits {
            add(
                "flow.bad-namespace", at: node.mark, member: "namespace", "must match \"^[a-z0-9][a-z0-9._-]*\"",
                fix: "use lower-case letters, digits, `.`, `-` and `_`")
        } else if text.utf8.count > 150 {
            add("flow.bad-namespace", at: node.mark, member: "namespace", "size must be between 1 and 150")
        }
        return text
    }
}
