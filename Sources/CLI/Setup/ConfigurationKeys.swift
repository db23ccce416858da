import FlowModel

/// The keys that configuration files may hold, as a tree. Names are compared as Kestra does: `secretKey` and `secret-key` are one.
indirect enum ConfigurationKeys {
    /// Anything may stand below, or a single value does.
    case anything
    case branch([String: ConfigurationKeys])

    static let all = ConfigurationKeys.branch([
        "url": .anything, "timezone": .anything,
        "encryption": .branch(["secret-key": .anything]),
        "variables": .branch([
            "globals": .anything, "env-vars-prefix": .anything, "recursive-rendering": .anything,
        ]),
        "plugins": .branch(["defaults": .anything, "configurations": .anything]),
        "server": .branch([
            "host": .anything, "port": .anything, "worker-threads": .anything, "max-body-bytes": .anything,
            "grace": .anything,
        ]),
        "limits": .branch(["subflow-depth": .anything, "subflow-descendants": .anything]),
        "storage": .branch(["synchronous": .anything]),
        "git": .branch(["name": .anything, "email": .anything]),
    ])

    /// What is not known below a node: each finding names the first key on its way that nothing reads.
    /// - Parameter severity: errors below `sluice:`; warnings below `kestra:`, whose files hold more than is read here.
    func findings(in node: Node, path: String, file: String, severity: Problem.Severity) -> [Problem] {
        guard case .branch(let known) = self, !node.isNull else { return [] }
        guard case .map(let members) = node.content else {
            return [
                Problem(
                    "config.not-a-map", severity: severity, at: node.mark.place(in: file), path: path,
                    what: "must hold keys, not `\(node.text ?? node.kindName)`",
                    fix: "its keys are \(known.keys.sorted().joined(separator: ", "))")
            ]
        }
        return members.flatMap { member -> [Problem] in
            let inner = "\(path).\(member.key)"
            if let below = known[Self.hyphened(member.key)] {
                return below.findings(in: member.value, path: inner, file: file, severity: severity)
            }
            let near = known.keys.closest(to: Self.hyphened(member.key)).map { "did you mean \"\($0)\"?" }
            return [
                Problem(
                    "config.unknown-key", severity: severity, at: member.keyMark.place(in: file), path: inner,
                    what: severity == .error ? "unknown key \"\(member.key)\"" : "key \"\(member.key)\" is not read",
                    fix: near
                        ?? (severity == .error ? "use one of: \(known.keys.sorted().joined(separator: ", "))" : nil))
            ]
        }
    }

    /// `secret-key` for `secretKey`.
    static func hyphened(_ key: String) -> String {
        var text = ""
        for character in key {
            if character.isUppercase, !text.isEmpty, text.last != "-" { text.append("-") }
            text += character.lowercased()
        }
        return text
    }
}

extension Node {
    /// The node that a way of keys leads to, however they are written.
    func configured(_ keys: [String]) -> Node? {
        var node = self
        for key in keys {
            guard case .map(let members) = node.content,
                let member = members.first(where: { ConfigurationKeys.hyphened($0.key) == key })
            else { return nil }
            node = member.value
        }
        return node
    }
}
