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
/// Below `sluice:` an unknown key is an error; a `kestra:` section written for the original may hold more than is read, which
/// is a warning.
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
    var subflowDepth: Int?
    var subflowDescendants: Int?
    var timeZone: String?
    var synchronous: String?
    var maxBodyBytes: Int?
    var recursiveRendering = false
    var recoverMissedSchedules: String?
    var gitName: String?
    var gitEmail: String?
    /// What is not read, and does no harm.
    var warnings: [Problem] = []

    /// The file's contents, and over them what variables of the environment say.
    static func load(_ path: String?, environment: [String: String] = [:]) throws(Problems) -> Configuration {
        var configuration = Configuration()
        if let path {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Problems(
                    Problem(
                        "config.missing", what: "the configuration file \(path) cannot be read",
                        fix: "check the path and its permissions"))
            }
            configuration = try read(String(decoding: data, as: UTF8.self), file: path)
        }
        let problems = ConfigurationVariables(environment).fill(&configuration)
        if !problems.isEmpty { throw Problems(problems) }
        return configuration
    }

    static func read(_ text: String, file: String) throws(Problems) -> Configuration {
        var configuration = Configuration()
        let root: Node
        do throws(Problem) {
            let documents = try YAMLReader(file: file).documents(text)
            guard let first = documents.first else { return configuration }
            root = first
        } catch {
            throw Problems(error)
        }
        var problems = sections(root, file: file)
        if let section = root["kestra"] {
            problems += ConfigurationKeys.all.findings(in: section, path: "kestra", file: file, severity: .warning)
            ConfigurationReading(section: section, name: "kestra", file: file).fill(&configuration, &problems)
        }
        if let section = root["sluice"] {
            problems += ConfigurationKeys.all.findings(in: section, path: "sluice", file: file, severity: .error)
            ConfigurationReading(section: section, name: "sluice", file: file).fill(&configuration, &problems)
        }
        if problems.contains(where: { $0.severity == .error }) { throw Problems(problems) }
        configuration.warnings = problems
        return configuration
    }

    /// Files for Kestra hold sections of its libraries beside `kestra:`; those are nobody's mistake, a misspelt one of ours is.
    private static func sections(_ root: Node, file: String) -> [Problem] {
        if root.isNull { return [] }
        guard case .map(let members) = root.content else {
            return [
                Problem(
                    "config.not-a-map", at: root.mark.place(in: file),
                    what: "a configuration holds keys below `sluice:` or `kestra:`")
            ]
        }
        let ours = ["sluice", "kestra"]
        return members.compactMap { member in
            guard !ours.contains(member.key) else { return nil }
            let near = ours.closest(to: member.key)
            let isLost = near != nil || !members.contains { ours.contains($0.key) }
            return Problem(
                "config.unknown-key", severity: isLost ? .error : .info, at: member.keyMark.place(in: file),
                path: member.key, what: "unknown key \"\(member.key)\"",
                fix: near.map { "did you mean \"\($0)\"?" } ?? "put it below `sluice:`")
        }
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
