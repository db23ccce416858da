import FlowModel

/// Keys of the configuration as variables of the environment: `SLUICE_SERVER__PORT=9000` is `sluice.server.port`. Two
/// underscores go one level down, one is a hyphen; a name without two is no key.
struct ConfigurationVariables {
    private let variables: [(name: String, text: String)]
    /// What lists and maps stand below is left to the file.
    private static let onlyInFiles = ["plugins", "globals"]

    init(_ environment: [String: String]) {
        variables = environment.filter { $0.key.hasPrefix("SLUICE_") && $0.key.contains("__") && !$0.value.isEmpty }
            .sorted { $0.key < $1.key }.map { (name: $0.key, text: $0.value) }
    }

    /// Takes over what the variables say.
    /// - Returns: what is wrong with them, each told with the variable's name.
    func fill(_ configuration: inout Configuration) -> [Problem] {
        var problems: [Problem] = []
        let mark = Mark(line: 1, column: 1)
        for (name, text) in variables {
            let keys = name.dropFirst("SLUICE_".count).lowercased().split(
                separator: "__", omittingEmptySubsequences: false
            )
            .map { String($0).replacing("_", with: "-") }
            var node = Node(.scalar(Node.Scalar(text: text, style: .plain)), at: mark)
            for key in keys.reversed() {
                node = Node(.map([Node.Member(key: key, keyMark: mark, value: node)]), at: mark)
            }
            var found = ConfigurationKeys.all.findings(in: node, path: "sluice", file: name, severity: .error)
            if found.isEmpty, keys.contains(where: Self.onlyInFiles.contains) {
                found = [
                    Problem(
                        "config.only-in-file", path: "sluice." + keys.joined(separator: "."),
                        what: "cannot be set by a variable", fix: "write it in a file, and name that with --config")
                ]
            }
            if found.isEmpty {
                ConfigurationReading(section: node, name: "sluice", file: name).fill(&configuration, &found)
            }
            problems += found.map { problem in
                var told = problem
                told.place = nil
                told.path = [name, problem.path].compactMap { $0 }.joined(separator: ": ")
                return told
            }
        }
        return problems
    }
}
