import FlowModel

/// A type of task that may be used in ways that are allowed but unwise.
public protocol CautiousTask: TaskType {
    /// What to warn of when a flow is checked, such as a password that is written into it.
    static func cautions(about task: FlowTask) -> [Caution]
}

/// A warning about one of a task's properties, told with the place of its value.
public struct Caution: Sendable, Hashable {
    /// A stable word for programs, such as `task.literal-secret`.
    public var code: String
    /// The names that lead to the value: `["options", "auth", "password"]`.
    public var path: [String]
    public var what: String
    public var fix: String?

    public init(_ code: String, at path: [String], what: String, fix: String? = nil) {
        self.code = code
        self.path = path
        self.what = what
        self.fix = fix
    }
}

/// Warnings of secrets that are written into a flow, where they are stored, shown and versioned with it.
/// Source: git-tasks spec §1.2 and D1, widened to all tasks that have secrets.
extension Caution {
    private static let code = "task.literal-secret"

    /// - Parameter name: what the secret should be called.
    /// - Parameter what: what is said instead of the usual words.
    public static func literalSecret(at path: [String], secret name: String, what: String? = nil) -> Caution {
        let property = path.last ?? ""
        return Caution(
            code, at: path,
            what: what ?? "`\(property)` is written into the flow, where everybody who sees the flow sees it",
            fix: "write \(property): \"{{ secret('\(name)') }}\" and keep the value as a secret")
    }

    /// For the property at `path`, when its value is a text with no expression in it; nil for any other.
    public static func ifLiteral(_ path: [String], of task: FlowTask, secret name: String) -> Caution? {
        var value = path.first.flatMap { task.properties[$0] }
        for member in path.dropFirst() { value = value?[member] }
        guard case .string(let text)? = value, isLiteral(text) else { return nil }
        return literalSecret(at: path, secret: name)
    }

    /// For an address with a password before its host, or a parameter in its query that is named like a secret.
    public static func ifSecretInURL(_ property: String, of task: FlowTask, fix: String) -> Caution? {
        guard case .string(let url)? = task.properties[property] else { return nil }
        let what: String
        if hasPassword(url) {
            what = "the address holds a password"
        } else if let name = secretParameter(of: url) {
            what = "the address holds a secret, `\(name)`"
        } else {
            return nil
        }
        return Caution(code, at: [property], what: "\(what), where everybody who sees the flow sees it", fix: fix)
    }

    /// Whether a value that should be secret is written out.
    public static func isLiteral(_ text: String) -> Bool {
        !text.contains("{{") && !text.contains("{%") && !text.allSatisfy(\.isWhitespace)
    }

    /// `https://user:password@host/…`, or an access token in the user's place.
    private static func hasPassword(_ url: String) -> Bool {
        guard let scheme = url.firstRange(of: "://") else { return false }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return false }
        let login = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if login.count == 2 { return isLiteral(String(login[1])) }
        return ["ghp_", "gho_", "ghs_", "github_pat_", "glpat-"].contains { authority.hasPrefix($0) }
    }

    private static func secretParameter(of url: String) -> String? {
        guard let start = url.firstIndex(of: "?") else { return nil }
        let secrets = ["access_token", "api_key", "apikey", "api-key", "auth_token", "password", "secret", "token"]
        for pair in url[url.index(after: start)...].prefix(while: { $0 != "#" }).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, secrets.contains(parts[0].lowercased()), isLiteral(String(parts[1])) {
                return String(parts[0])
            }
        }
        return nil
    }
}
