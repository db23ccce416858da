import FoundationEssentials

/// The address of a repository: checked, and split from the credentials that may stand in it.
///
/// Understands `http(s)://`, `ssh://`, `git@host:path` and, where the server allows them, `file://` and absolute paths.
/// Source: git-tasks spec §1, §2.8; git-engine-notes §4.
public struct RemoteURL: Sendable, Hashable, CustomStringConvertible {
    public enum Scheme: String, Sendable { case http, https, ssh, file }

    public let scheme: Scheme
    /// Without user and password: for messages, configuration and the network.
    public let address: String
    /// The name of the machine; empty for files.
    public let host: String
    /// From the address, where it held them (percent-decoded). For ssh the user is part of `address`.
    public let user: String?
    let password: String?

    /// The address without anything secret.
    public var description: String { address }

    /// - Throws: `invalid` for what is no address of a repository, or one that a remote helper would run as a program.
    public init(_ text: String) throws(GitError) {
        let text = String(text.trimmingPrefix { $0 == " " || $0 == "\n" || $0 == "\t" })
            .trimmedEnd
        guard !text.isEmpty else { throw Self.wrong("is empty") }
        guard !text.hasPrefix("-") else { throw Self.wrong("starts with a dash") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw Self.wrong("holds control characters")
        }
        if let end = text.firstRange(of: "://") {
            try self.init(scheme: text[..<end.lowerBound].lowercased(), rest: text[end.upperBound...])
        } else if text.firstRange(of: "::") != nil {
            throw Self.wrong("names a remote helper")
        } else if text.hasPrefix("/") {
            self.init(.file, text, host: "")
        } else if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
            let machine = text[..<colon]
            let host = machine.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            guard !host.isEmpty, !host.hasPrefix("-"), colon != text.index(before: text.endIndex) else {
                throw Self.wrong("names no machine or no path")
            }
            self.init(.ssh, text, host: host)
        } else {
            throw Self.wrong("is no address of a repository")
        }
    }

    private init(scheme: String, rest: Substring) throws(GitError) {
        guard let scheme = Scheme(rawValue: scheme) else { throw Self.wrong("has the scheme \"\(scheme)\"") }
        if scheme == .file {
            guard rest.hasPrefix("/") else { throw Self.wrong("names no path of this machine") }
            self.init(scheme, "file://" + rest, host: "")
            return
        }
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<end]
        let path = String(rest[end...])
        var (login, machine) = (Substring?.none, authority)
        if let at = authority.lastIndex(of: "@") {
            login = authority[..<at]
            machine = authority[authority.index(after: at)...]
        }
        let host = String(Self.host(of: machine))
        guard !host.isEmpty, !host.hasPrefix("-"), !machine.contains(" ") else { throw Self.wrong("names no machine") }
        let parts = login?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = parts?.first.map { Self.decoded($0) }
        let password = parts.flatMap { $0.count == 2 ? Self.decoded($0[1]) : nil }
        if scheme == .ssh, let user {
            guard !user.hasPrefix("-") else { throw Self.wrong("names no user") }
            self.init(scheme, "ssh://\(user)@\(machine)\(path)", host: host)
            return
        }
        self.init(
            scheme, "\(scheme.rawValue)://\(machine)\(path)", host: host, user: user?.isEmpty == true ? nil : user,
            password: password
        )
    }

    private init(_ scheme: Scheme, _ address: String, host: String, user: String? = nil, password: String? = nil) {
        self.scheme = scheme
        self.address = address
        self.host = host
        self.user = user
        self.password = password
    }

    /// The machine without its port; an IPv6 address keeps its brackets out.
    private static func host(of machine: Substring) -> Substring {
        if machine.hasPrefix("["), let end = machine.firstIndex(of: "]") {
            return machine[machine.index(after: machine.startIndex)..<end]
        }
        return machine.prefix { $0 != ":" }
    }

    private static func decoded(_ text: Substring) -> String { String(text).removingPercentEncoding ?? String(text) }

    private static func wrong(_ why: String) -> GitError {
        GitError(
            .invalid, "the repository's url \(why)",
            fix: "write https://host/path.git, ssh://git@host/path.git or git@host:path.git"
        )
    }

    /// The machine with its port, also where the address leaves the usual one out: for messages.
    var machine: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let usual = scheme == .https ? "443" : scheme == .http ? "80" : "22"
        guard let start = address.firstRange(of: "://")?.upperBound else { return "\(name):\(usual)" }
        let place = address[start...].prefix { $0 != "/" }
        guard let colon = place.lastIndex(of: ":") else { return "\(name):\(usual)" }
        let port = place[place.index(after: colon)...]
        return "\(name):\(!port.isEmpty && port.allSatisfy(\.isNumber) ? String(port) : usual)"
    }

    /// The same for every way to write the same address: what caches are named by.
    public var normalised: String {
        var text = address
        while text.hasSuffix("/") { text.removeLast() }
        guard scheme == .http || scheme == .https, let start = text.firstRange(of: "://") else { return text }
        let end = text[start.upperBound...].firstIndex(of: "/") ?? text.endIndex
        return text[..<end].lowercased() + text[end...]
    }
}

extension RemoteURL {
    /// The page of the repository, as far as the address tells. Source: git-tasks spec §2.8.
    public var webPage: String {
        switch scheme {
        case .http, .https, .file: return address
        case .ssh: break
        }
        var (machine, path) = ("", "")
        if address.hasPrefix("ssh://") {
            path = String(address.dropFirst(6).drop { $0 != "/" }.dropFirst())
            machine = host
        } else {
            machine = host
            path = String(address.drop { $0 != ":" }.dropFirst())
        }
        if machine.hasPrefix("ssh.") { machine.removeFirst(4) }
        var parts = path.split(separator: "/").map(String.init)
        if let first = parts.first, first.count >= 2, first.hasPrefix("v"), first.dropFirst().allSatisfy(\.isNumber) {
            parts.removeFirst()
        }
        if machine.contains("azure.com"), !parts.isEmpty { parts.insert("_git", at: parts.count - 1) }
        return "https://\(machine)/" + parts.joined(separator: "/")
    }

    /// The page of a commit, in the forms of GitHub, GitLab, Gitea, Bitbucket and Azure DevOps.
    public func commitPage(_ commit: ObjectID, branch: String) -> String {
        var page = webPage
        while page.hasSuffix("/") { page.removeLast() }
        if page.hasSuffix(".git") { page.removeLast(4) }
        page += page.contains("bitbucket.org") ? "/commits/\(commit)" : "/commit/\(commit)"
        guard page.contains("azure.com") else { return page }
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        let encoded = "refs/heads/\(branch)".utf8.map { byte in
            if allowed.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }
        return page + "?refName=" + encoded.joined()
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while let last = text.last, last == " " || last == "\n" || last == "\t" || last == "\r\n" { text.removeLast() }
        return text
    }
}
