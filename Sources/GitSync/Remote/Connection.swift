import Crypto

/// A text that must not be shown: it prints as stars, in debuggers' and tests' output too.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a remote may ask for. Source: git-tasks spec §1.1.
public struct GitCredentials: Sendable, Hashable, CustomStringConvertible {
    public var username: String?
    public var password: Secret?
    /// A private key's content: PEM or OpenSSH.
    public var privateKey: Secret?
    public var passphrase: Secret?

    public init(
        username: String? = nil, password: Secret? = nil, privateKey: Secret? = nil, passphrase: Secret? = nil
    ) {
        self.username = username
        self.password = password
        self.privateKey = privateKey
        self.passphrase = passphrase
    }

    public var description: String {
        let held = [("password", password), ("privateKey", privateKey), ("passphrase", passphrase)]
            .filter { $0.1 != nil }.map(\.0)
        return "user \(username ?? "none")" + (held.isEmpty ? "" : ", with " + held.joined(separator: ", "))
    }
}

/// How to reach one remote: every step of a task uses all of it. Source: git-tasks spec §1, OUR RULE D8.
public struct Connection: Sendable, Hashable {
    public var url: RemoteURL
    public var credentials: GitCredentials
    /// A PEM file with authorities that are trusted besides the system's.
    public var trustedAuthorities: String?
    public var noProxy: Bool
    public var connectTimeout: Duration
    public var readTimeout: Duration

    public init(
        url: RemoteURL, credentials: GitCredentials = GitCredentials(), trustedAuthorities: String? = nil,
        noProxy: Bool = false, connectTimeout: Duration = .seconds(10), readTimeout: Duration = .seconds(60)
    ) {
        self.url = url
        self.credentials = credentials
        self.trustedAuthorities = trustedAuthorities
        self.noProxy = noProxy
        self.connectTimeout = connectTimeout
        self.readTimeout = readTimeout
    }

    /// User and password for HTTP, sent only when both are known.
    var login: (user: String, password: String)? {
        if let user = credentials.username, let password = credentials.password, !user.isEmpty {
            return (user, password.text)
        }
        if let user = url.user, let password = url.password { return (user, password) }
        return nil
    }

    /// The value of an `Authorization` header.
    var authorization: String? {
        login.map { "Basic " + base64(Array("\($0.user):\($0.password)".utf8)) }
    }

    /// Names the cache of this remote as these credentials see it; nothing can be read back from it.
    var cacheName: String {
        var digest = SHA256()
        for part in [
            url.normalised, login?.user ?? "", login?.password ?? "", credentials.privateKey?.text ?? "",
        ] {
            digest.update(data: Array("\(part.utf8.count):\(part)".utf8))
        }
        return digest.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Removes everything secret from a text that came from elsewhere.
    func redacting(_ text: String) -> String {
        var text = text
        let secrets = [
            credentials.password?.text, credentials.passphrase?.text, url.password, authorization,
            authorization.map { String($0.dropFirst(6)) },
        ]
        for case let secret? in secrets where secret.utf8.count > 2 { text = text.replacing(secret, with: "***") }
        return text
    }
}

/// Base 64 with padding.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
        for i in 0..<4 {
            text.append(i <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * i)) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
