import Hummingbird

/// Refuses requests for a name that is not this server's. A page may have its own name point to this machine and then passes
/// for a page of this server (DNS rebinding): with no sign-in, the name that a browser asked for is all that tells it.
struct HostRule {
    let settings: WebSettings

    /// Ends of names that nobody gets in the public DNS. Source: RFC 6762 §3, RFC 8375 §3; ICANN's reservation of `internal`.
    private static let privateEnds = [".local", ".internal", ".home.arpa"]

    func check(_ request: Request) throws(Refusal) {
        // With a gate, a page of another name has no one's sign-in to use.
        if settings.gate != nil { return }
        guard let authority = request.head.authority, !authority.isEmpty, !isOwn(Self.name(of: authority)) else {
            return
        }
        let port = Self.port(of: authority)
        let known = isOnLoopback ? "http://localhost\(port)" : "its IP address"
        var refusal = Refusal(
            .misdirectedRequest, "This server is not known as `\(authority)`: ask for it by \(known)",
            code: "unknown-host")
        let fix = "if that is its address, say `url: http://\(authority)` in its configuration"
        refusal.message += "; " + fix
        refusal.fields = [Refusal.Field(message: "not known as `\(authority)`", fix: fix)]
        throw refusal
    }

    func isOwn(_ name: String) -> Bool {
        if Self.isLoopback(name) || name == urlName { return true }
        if isOnLoopback { return false }
        return name == boundName || Self.isAddress(name) || !name.contains(".")
            || Self.privateEnds.contains(where: name.hasSuffix)
    }

    private var boundName: String {
        settings.host.contains(":") ? "[\(settings.host.lowercased())]" : settings.host.lowercased()
    }

    private var isOnLoopback: Bool { Self.isLoopback(boundName) }

    private var urlName: String? {
        guard let url = settings.url else { return nil }
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let authority = rest.prefix { !"/?#".contains($0) }
        return Self.name(of: authority.split(separator: "@").last ?? "")
    }

    /// Without port, in lower case, without the dot at the end.
    static func name(of authority: some StringProtocol) -> String {
        let text = authority.lowercased()
        if text.hasPrefix("[") { return text.prefix { $0 != "]" } + "]" }
        let name = text.prefix { $0 != ":" }
        return String(name.hasSuffix(".") ? name.dropLast() : name)
    }

    /// With its colon; empty when there is none.
    private static func port(of authority: String) -> String {
        let rest = authority.drop { $0 != "]" }
        return String((rest.isEmpty ? authority[...] : rest).drop { $0 != ":" })
    }

    private static func isLoopback(_ name: String) -> Bool {
        name == "localhost" || name.hasSuffix(".localhost") || name == "[::1]"
            || (name.hasPrefix("127.") && isAddress(name))
    }

    /// An address is what it says: no DNS makes it another's.
    private static func isAddress(_ name: String) -> Bool {
        if name.hasPrefix("[") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
