import EngineCore
import FlowModel
import TaskKit

/// Reads one section of a configuration file, `sluice:` or `kestra:`.
struct ConfigurationReading {
    let section: Node
    let name: String
    let file: String

    /// Takes over what the section says; what it does not say stays as it is.
    func fill(_ configuration: inout Configuration, _ problems: inout [Problem]) {
        configuration.url = address(&problems) ?? configuration.url
        configuration.secretKey = text("encryption", "secret-key") ?? configuration.secretKey
        if let map = section.configured(["variables", "globals"])?.value.map { configuration.globals = map }
        configuration.environmentPrefix = text("variables", "env-vars-prefix") ?? configuration.environmentPrefix
        configuration.recursiveRendering =
            flag(&problems, "variables", "recursive-rendering") ?? configuration.recursiveRendering
        if let defaults = section.configured(["plugins", "defaults"]) {
            configuration.pluginDefaults = PluginDefault.list(defaults)
        }
        configuration.recoverMissedSchedules = recovery(&problems) ?? configuration.recoverMissedSchedules
        configuration.host = text("server", "host") ?? configuration.host
        configuration.port = number(&problems, 0...65_535, "server", "port") ?? configuration.port
        configuration.workers = number(&problems, 1...100_000, "server", "worker-threads") ?? configuration.workers
        configuration.maxBodyBytes =
            number(&problems, 1...Int.max, "server", "max-body-bytes") ?? configuration.maxBodyBytes
        configuration.subflowDepth =
            number(&problems, 1...100_000, "limits", "subflow-depth") ?? configuration.subflowDepth
        configuration.subflowDescendants =
            number(&problems, 1...100_000_000, "limits", "subflow-descendants") ?? configuration.subflowDescendants
        configuration.grace = duration(&problems, "server", "grace") ?? configuration.grace
        configuration.timeZone = zone(&problems) ?? configuration.timeZone
        configuration.synchronous = text("storage", "synchronous") ?? configuration.synchronous
        configuration.gitName = text("git", "name") ?? configuration.gitName
        configuration.gitEmail = text("git", "email") ?? configuration.gitEmail
    }

    private func node(_ keys: [String]) -> Node? {
        section.configured(keys).flatMap { $0.isNull ? nil : $0 }
    }

    private func text(_ keys: String...) -> String? { node(keys)?.text }

    private func problem(_ code: String, _ node: Node, _ keys: [String], _ what: String, fix: String? = nil) -> Problem
    {
        Problem(
            code, at: node.mark.place(in: file), path: ([name] + keys).joined(separator: "."),
            what: "\(what), not `\(node.text ?? node.kindName)`", fix: fix)
    }

    private func number(_ problems: inout [Problem], _ range: ClosedRange<Int>, _ keys: String...) -> Int? {
        guard let node = node(keys) else { return nil }
        if let number = node.value.int, range.contains(Int(number)) { return Int(number) }
        let bounds =
            range.upperBound == .max ? "from \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        problems.append(problem("config.not-a-number", node, keys, "must be a whole number \(bounds)"))
        return nil
    }

    private func flag(_ problems: inout [Problem], _ keys: String...) -> Bool? {
        guard let node = node(keys) else { return nil }
        switch node.text {
        case "true": return true
        case "false": return false
        default:
            problems.append(problem("config.not-a-flag", node, keys, "must be true or false"))
            return nil
        }
    }

    private func duration(_ problems: inout [Problem], _ keys: String...) -> ISODuration? {
        guard let node = node(keys) else { return nil }
        if let duration = node.text.flatMap({ try? ISODuration($0) }) { return duration }
        problems.append(
            problem(
                "config.not-a-duration", node, keys, "must be an ISO 8601 duration", fix: "write PT60S for a minute"))
        return nil
    }

    private func zone(_ problems: inout [Problem]) -> String? {
        guard let node = node(["timezone"]) else { return nil }
        if let text = node.text, (try? Zone(text)) != nil { return text }
        problems.append(problem("config.no-zone", node, ["timezone"], "must be a time zone such as Europe/Paris"))
        return nil
    }

    private func address(_ problems: inout [Problem]) -> String? {
        guard let node = node(["url"]) else { return nil }
        if let text = node.text, ServerAddress.isAddress(text) { return text }
        problems.append(
            problem(
                "config.no-address", node, ["url"], "must be the address that users see",
                fix: "write it as http://HOST:PORT or https://HOST"))
        return nil
    }

    /// What the type of schedules is configured with. Source: engine spec §7.3.
    private func recovery(_ problems: inout [Problem]) -> String? {
        guard case .list(let items)? = section.configured(["plugins", "configurations"])?.content else { return nil }
        let types = ["io.kestra.plugin.core.trigger.Schedule", "io.kestra.core.models.triggers.types.Schedule"]
        for item in items where item["type"]?.text.map(types.contains) ?? false {
            guard let node = item.configured(["values", "recover-missed-schedules"]), !node.isNull else { continue }
            if let text = node.text, ["ALL", "LAST", "NONE"].contains(text) { return text }
            let keys = ["plugins", "configurations", "values", "recoverMissedSchedules"]
            problems.append(problem("config.unknown-choice", node, keys, "must be ALL, LAST or NONE"))
        }
        return nil
    }
}
