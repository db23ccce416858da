import ArgumentParser
import FlowModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which server a command talks to.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server's address; SLUICE_SERVER, KESTRA_HOSTNAME or http://127.0.0.1:8080 when left out.",
            valueName: "url"))
    var server: String?

    /// - Throws: exit code 2 after telling where the address comes from and what is wrong with it.
    var address: String {
        get throws {
            do throws(Problem) {
                return try ServerAddress.read(server, environment: ProcessInfo.processInfo.environment)
            } catch {
                throw Exit.told(error)
            }
        }
    }
}

/// The address of a server, as options, variables and configurations name it.
enum ServerAddress {
    static let standard = "http://127.0.0.1:8080"

    /// The first of: the option, `SLUICE_SERVER`, `KESTRA_HOSTNAME`, the standard one. A variable that is empty says nothing.
    static func read(_ option: String?, environment: [String: String]) throws(Problem) -> String {
        if let option { return try checked(option, of: "--server") }
        for name in ["SLUICE_SERVER", "KESTRA_HOSTNAME"] {
            if let text = environment[name], !text.isEmpty { return try checked(text, of: name) }
        }
        return standard
    }

    /// The address without a slash at its end, and without the path of the API.
    static func checked(_ text: String, of origin: String) throws(Problem) -> String {
        guard isAddress(text) else {
            let guess = "http://\(text)"
            throw Problem(
                "server.bad-address", what: "\(origin) is no address of a server: \(text)",
                fix: !text.contains("://") && isAddress(guess)
                    ? "did you mean \(guess)?" : "write it as http://HOST:PORT or https://HOST")
        }
        var address = text[...]
        while address.hasSuffix("/") { address.removeLast() }
        if address.hasSuffix("/api/v1") { address.removeLast(7) }
        while address.hasSuffix("/") { address.removeLast() }
        return String(address)
    }

    /// `http://` or `https://`, a host, perhaps a port and a path; no query.
    static func isAddress(_ text: String) -> Bool {
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        let unfit: (Character) -> Bool = { !$0.isASCII || $0.isWhitespace || "?#\\\"<>{}".contains($0) }
        guard !rest.contains(where: unfit) else { return false }
        let authority = rest.prefix { $0 != "/" }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let (host, port): (Substring, Substring?)
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else { return false }
            let tail = place[place.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { return false }
            (host, port) = (place[...end].dropFirst().dropLast(), tail.isEmpty ? nil : tail.dropFirst())
        } else {
            let parts = place.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { return false }
            (host, port) = (parts[0], parts.count == 2 ? parts[1] : nil)
        }
        guard !host.isEmpty else { return false }
        guard let port else { return true }
        return Int(port).map { (1...65_535).contains($0) } ?? false
    }
}
