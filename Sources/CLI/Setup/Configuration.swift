import EngineCore
import FlowModel
import OrderedCollections
import TaskKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the configuration file says. Keys as Kestra's, below `sluice:` or `kestra:`; where both say something, `sluice:` wins.
/// Below `sluice:` an unknown key is an error; a `kestra:` section written for the original may hold more than is read.
struct Configuration: Sendable {
    var url: String?
    var secretKey: String?
    var globals: ValueMap = [:]
    var environmentPrefix = "KESTRA_"
    var pluginDefaults: [PluginDefault] = []
    var host: String?
    var port: Int?
    var workers: Int?
    var grace: ISODuration?
    var timeZone: String?
    var synchronous: String?
    var maxBodyBytes: Int?
    var recursiveRendering = false
    var recoverMissedSchedules: String?
    var gitName: String?
    var gitEmail: String?

    private static let keys = [
        "url", "encryption", "variables", "plugins", "server", "storage", "git", "timezone", "tasks",
    ]

    static func load(_ path: String?) throws(Problems) -> Configuration {
        var configuration = Configuration()
        guard let path else { return configuration }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Problems(
                Problem(
                    "config.missing", what: "the configuration file \(path) cannot be read",
                    fix: "check the path and its permissions"))
        }
        let root: Node
        do throws(Problem) {
            let documents = try YAMLReader(file: path).documents(String(decoding: data, as: UTF8.self))
            guard let first = documents.first else { return configuration }
            root = first
        } catch {
            throw Problems(error)
        }
        var problems: [Problem] = []
        if let section = root["kestra"] { configuration.read(section, file: path, &problems) }
        if let section = root["sluice"] {
            if case .map(let members) = section.content {
                for member in members where !keys.contains(member.key) {
                    problems.append(
                        Problem(
                            "config.unknown-key", at: member.keyMark.place(in: path), path: "sluice.\(member.key)",
                            what: "unknown key \"\(member.key)\"",
                            fix: keys.closest(to: member.key).map { "did you mean \"\($0)\"?" }
                                ?? "use one of: \(keys.joined(separator: ", "))"))
                }
            }
            configuration.read(section, file: path, &problems)
        }
        if !problems.isEmpty { throw Problems(problems) }
        return configuration
    }

    private mutating func read(_ section: Node, file: String, _ problems: inout [Problem]) {
        func text(_ keys: String...) -> String? {
            var node: Node? = section
            for key in keys { node = node?[key] }
            return node.flatMap { $0.isNull ? nil : $0.text }
        }
        func number(_ keys: String...) -> Int? {
            var node: Node? = section
            for key in keys { node = node?[key] }
            guard let node, !node.isNull else { return nil }
            if let number = node.value.int { return Int(number) }
            problems.append(
                Problem(
                    "config.not-a-number", at: node.mark.place(in: file), path: keys.joined(separator: "."),
                    what: "must be a whole number, not `\(node.text ?? node.kindName)`"))
            return nil
        }
        url = text("url") ?? url
        secretKey = text("encryption", "secret-key") ?? secretKey
        if let map = section["variables"]?["globals"]?.value.map { globals = map }
        environmentPrefix = text("variables", "env-vars-prefix") ?? environmentPrefix
        recursiveRendering = section["variables"]?["recursive-rendering"]?.value == true || recursiveRendering
        if let defaults = section["plugins"]?["defaults"] { pluginDefaults = PluginDefault.list(defaults) }
        host = text("server", "host") ?? host
        port = number("server", "port") ?? port
        workers = number("server", "worker-threads") ?? workers
        maxBodyBytes = number("server", "max-body-bytes") ?? maxBodyBytes
        if let grace = text("server", "grace").flatMap({ try? ISODuration($0) }) { self.grace = grace }
        timeZone = text("timezone") ?? timeZone
        synchronous = text("storage", "synchronous") ?? synchronous
        gitName = text("git", "name") ?? gitName
        gitEmail = text("git", "email") ?? gitEmail
    }

    /// `envs`: variables of the environment whose name begins with the prefix, without it, in lower case.
    func environmentVariables(_ environment: [String: String]) -> ValueMap {
        var found: ValueMap = [:]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(environmentPrefix) {
            found[name.dropFirst(environmentPrefix.count).lowercased()] = .string(value)
        }
        return found
    }
}
