import FlowModel

/// Reads tasks, at any depth.
struct TaskReading {
    let catalogue: Catalogue
    let findings: Findings

    private static let common: Set<String> = [
        "id", "type", "description", "retry", "timeout", "disabled", "runIf", "when", "allowFailure", "allowWarning",
        "logLevel", "logToFile", "workerGroup", "workerSelector", "version", "taskCache", "pluginDefaultsRef", "assets",
    ]

    /// The tasks of a list; findings for what is wrong with them.
    func list(_ node: Node) -> [FlowTask] {
        guard let items = findings.items(node) else { return [] }
        return items.enumerated().compactMap { index, item in findings.within(index) { task(item) } }
    }

    /// A list that must have at least one task.
    func requiredList(_ node: Node?, of owner: Mark, member: String) -> [FlowTask] {
        guard let node, !node.isNull else {
            findings.add(
                "flow.missing", at: owner, member: member, "must not be empty",
                fix: "add `\(member):` with at least one task")
            return []
        }
        return findings.within(member) {
            if case .list(let items) = node.content, items.isEmpty {
                findings.add("flow.empty", at: node.mark, "must not be empty", fix: "add at least one task")
            }
            return list(node)
        }
    }

    private func task(_ node: Node) -> FlowTask? {
        guard let members = findings.members(node, "a task") else {
            if node.isNull {
                findings.add("flow.missing", at: node.mark, "must not be null", fix: "remove the empty element")
            }
            return nil
        }
        let id = findings.id(node["id"], of: node.mark, dots: false)
        guard let (kind, typeName) = kind(node) else { return nil }
        var task = FlowTask(id: id ?? "", type: typeName, mark: node.mark)
        let names = Set(kind.propertyNames)
        for member in members {
            if let list = kind.lists.first(where: { $0.name == member.key }) {
                findings.within(member.key) { read(list, member.value, into: &task) }
            } else if Self.common.contains(member.key) && !names.contains(member.key) {
                findings.within(member.key) { readCommon(member, into: &task) }
            } else if names.contains(member.key) {
                task.properties[member.key] = member.value.value
                task.propertyMarks[member.key] = member.value.mark
                findings.within(member.key) { check(member.value, kind.properties.first { $0.name == member.key }) }
            } else {
                findings.unknown(
                    member, on: "task \"\(task.id)\" of type \(typeName)",
                    known: kind.propertyNames + kind.lists.map(\.name) + Self.common)
            }
        }
        for property in kind.properties where property.isRequired && node[property.name].map({ $0.isNull }) ?? true {
            findings.add(
                "task.missing-property", at: node.mark, member: property.name, "must not be null",
                fix: "add `\(property.name)`: \(property.about)")
        }
        for list in kind.lists where list.isRequired && node[list.name]?.isEmpty ?? true {
            let code = node[list.name] == nil ? "flow.missing" : "flow.empty"
            findings.add(
                code, at: node[list.name]?.mark ?? node.mark, member: list.name, "must not be empty", fix: list.about)
        }
        if let checked = kind.work.type as? any CheckedTask.Type {
            for mistake in checked.mistakes(in: task) {
                findings.add("task.rule", at: node.mark, "\(task.id): \(mistake)")
            }
        }
        if let cautious = kind.work.type as? any CautiousTask.Type {
            for caution in cautious.cautions(about: task) { warn(caution, node) }
        }
        return task
    }

    private func warn(_ caution: Caution, _ node: Node) {
        var place = node
        for name in caution.path {
            guard let inner = place[name] else { break }
            place = inner
        }
        findings.add(
            caution.code, severity: .warning, at: place.mark, member: caution.path.joined(separator: "."), caution.what,
            fix: caution.fix)
    }

    private func kind(_ node: Node) -> (TaskKind, String)? {
        guard let typeNode = node["type"], !typeNode.isNull, let written = findings.string(typeNode) else {
            findings.missingType(
                node, of: "task", common: Self.common,
                kinds: catalogue.tasks.values.map { ($0.about.type, $0.propertyNames + $0.lists.map(\.name)) })
            return nil
        }
        guard let kind = catalogue.task(written) else {
            findings.unknownType(written, at: typeNode.mark, known: catalogue.tasks.keys.elements, element: "task")
            return nil
        }
        if kind.about.isDeprecated {
            findings.add("task.deprecated", severity: .warning, at: typeNode.mark, "`\(written)` is deprecated")
        }
        if kind.about.type != written {
            findings.add(
                "task.alias", severity: .info, at: typeNode.mark, "`\(written)` is replaced by `\(kind.about.type)`")
        }
        return (kind, kind.about.type)
    }

    private func check(_ node: Node, _ property: PropertyAbout?) {
        findings.checkExpressions(node)
        guard let property else { return }
        if property.isDeprecated {
            findings.add(
                "task.deprecated-property", severity: .warning, at: node.mark, "`\(property.name)` is deprecated")
        }
        let value = node.value
        if value.isNull || value.mentionsExpressions { return }
        if let what = property.check(value) {
            findings.add("task.bad-property", at: node.mark, what, fix: property.about)
        }
    }

    private func read(_ list: TaskListAbout, _ node: Node, into task: inout FlowTask) {
        switch list.shape {
        case .list:
            task.lists.append(TaskList(name: list.name, tasks: self.list(node)))
        case .single:
            let single = self.task(node)
            task.lists.append(TaskList(name: list.name, tasks: single.map { [$0] } ?? []))
        case .map:
            guard let members = findings.members(node, list.name) else { return }
            for member in members {
                let tasks = findings.within(member.key) { self.list(member.value) }
                task.lists.append(TaskList(name: "\(list.name).\(member.key)", tasks: tasks))
            }
        case .graph:
            readGraph(list, node, into: &task)
        }
    }

    /// `{task, dependsOn}` elements: the tasks become the list, the dependencies the property `dependsOn`.
    private func readGraph(_ list: TaskListAbout, _ node: Node, into task: inout FlowTask) {
        guard let items = findings.items(node) else { return }
        var tasks: [FlowTask] = []
        var dependencies: ValueMap = [:]
        for (index, item) in items.enumerated() {
            findings.within(index) {
                guard let members = findings.members(item, "an element") else { return }
                guard let inner = item["task"], let child = findings.within("task", { self.task(inner) }) else {
                    return
                }
                for member in members where member.key != "task" && member.key != "dependsOn" {
                    findings.unknown(member, on: "an element of a Dag", known: ["task", "dependsOn"])
                }
                tasks.append(child)
                if let names = item["dependsOn"]?.value, !names.isNull { dependencies[child.id] = names }
            }
        }
        task.lists.append(TaskList(name: list.name, tasks: tasks))
        task.properties["dependsOn"] = .map(dependencies)
    }

    private func readCommon(_ member: Node.Member, into task: inout FlowTask) {
        let node = member.value
        switch member.key {
        case "id", "type", "version": break
        case "description": task.description = findings.string(node)
        case "retry": task.retry = RetryReading(findings: findings).retry(node)
        case "timeout":
            findings.checkExpressions(node)
            if !node.isNull, !node.value.mentionsExpressions { _ = findings.duration(node) }
            task.timeout = node.isNull ? nil : node.value
        case "disabled": task.disabled = findings.bool(node) ?? false
        case "runIf", "when":
            findings.checkExpressions(node)
            task.runIf = findings.string(node)
        case "allowFailure": task.allowFailure = findings.bool(node) ?? false
        case "allowWarning": task.allowWarning = findings.bool(node) ?? false
        case "logToFile": task.logToFile = findings.bool(node) ?? false
        case "logLevel":
            guard let text = findings.string(node) else { return }
            guard let level = LogLevel(name: text) else {
                findings.add(
                    "flow.bad-choice", at: node.mark, "`\(text)` is no log level",
                    fix: "use TRACE, DEBUG, INFO, WARN or ERROR")
                return
            }
            task.logLevel = level
        case "workerGroup":
            if let key = node["key"], !key.isNull {
                findings.add(
                    "flow.worker-group", at: node.mark, "Worker Group is an Enterprise Edition functionality",
                    fix: "remove workerGroup")
            }
        default:
            findings.add(
                "flow.ignored", severity: .warning, at: member.keyMark, "`\(member.key)` is kept but has no effect here"
            )
        }
    }
}

extension Findings {
    func unknown(_ member: Node.Member, on owner: String, known: [String]) {
        add(
            "task.unknown-property", at: member.keyMark, member: member.key,
            "Unrecognized field \"\(member.key)\" on \(owner)",
            fix: known.closest(to: member.key).map { "did you mean \"\($0)\"?" }
                ?? "use one of: \(known.sorted().joined(separator: ", "))")
    }

    func unknownType(_ written: String, at mark: Mark, known: [String], element: String) {
        add(
            "\(element).unknown-type", at: mark, member: "type", "Invalid type: \(written)",
            fix: known.closest(to: written).map { "did you mean \"\($0)\"?" }
                ?? "`sluice type list` names the types of this program")
    }
}
