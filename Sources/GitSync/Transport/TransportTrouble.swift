import AsyncHTTPClient
import Glibc
import NIOCore

/// Says in plain words, with machine, port and what to do, why an HTTP exchange came to nothing.
enum TransportTrouble {
    static func told(_ error: any Error, _ connection: Connection) -> GitError {
        let machine = connection.url.machine
        if error is CancellationError {
            return GitError(.unreachable, "the exchange with \(machine) was interrupted")
        }
        if let error = error as? HTTPClientError { return told(error, connection) }
        let text = "\(error)"
        if String(reflecting: type(of: error)).contains("SSL") || text.contains("NIOSSL") {
            return told(secure: text, connection)
        }
        if let failure = error as? IOError, let told = told(code: failure.errnoCode, machine) { return told }
        for code in [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ECONNRESET, ETIMEDOUT, EPIPE]
        where text.contains("errno: \(code))") {
            if let told = told(code: code, machine) { return told }
        }
        if text.contains("UnknownHost") || text.contains("unknown host") || text.contains("SocketAddressError") {
            return GitError(
                .unreachable, "the machine \(connection.url.host) is not known: no address was found for its name",
                fix: "check the name in `url`, and the server's name service (DNS)")
        }
        return GitError(.unreachable, "the connection to \(machine) failed: \(connection.redacting(text))")
    }

    private static func told(code: CInt, _ machine: String) -> GitError? {
        switch code {
        case ECONNREFUSED:
            GitError(
                .unreachable, "\(machine) refused the connection: nothing listens there",
                fix: "check host and port in `url`, and that the Git server runs")
        case EHOSTUNREACH, ENETUNREACH:
            GitError(
                .unreachable, "there is no way to \(machine)",
                fix: "check the host in `url`, and the network between this server and it")
        case ECONNRESET, EPIPE:
            GitError(
                .unreachable, "\(machine) broke the connection off",
                fix: "check that `url` has the right scheme and port, and look into the Git server's log")
        case ETIMEDOUT: noAnswer(machine)
        default: nil
        }
    }

    private static func noAnswer(_ machine: String) -> GitError {
        GitError(
            .unreachable, "\(machine) did not answer: no connection was made",
            fix: "check host and port in `url`, and firewalls on the way")
    }

    private static func told(_ error: HTTPClientError, _ connection: Connection) -> GitError {
        let url = connection.url
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            return GitError(
                .unreachable, "\(url.machine) took no connection within \(shown(connection.connectTimeout))",
                fix: "check host and port in `url`, and firewalls on the way; `connectTimeout` says how long to wait")
        case .tlsHandshakeTimeout:
            return GitError(
                .unreachable, "\(url.machine) did not answer the start of a secure connection in time",
                fix: "check that `url` names a port that speaks https")
        case .readTimeout, .writeTimeout:
            return GitError(
                .unreachable,
                "\(url.machine) took the connection but said nothing for \(shown(connection.readTimeout))",
                fix: "look after the Git server; `readTimeout` says how long to wait")
        case .deadlineExceeded:
            let limit = connection.connectTimeout + connection.readTimeout
            return GitError(
                .unreachable, "\(url.machine) did not answer within \(shown(limit))",
                fix: "look after the Git server; `connectTimeout` and `readTimeout` say how long to wait")
        case .remoteConnectionClosed:
            return GitError(
                .unreachable, "\(url.machine) closed the connection without an answer",
                fix: url.scheme == .http
                    ? "look after the Git server; if it wants https, write `url: https://…`"
                    : "look after the Git server")
        case .redirectLimitReached, .redirectCycleDetected:
            return GitError(
                .protocolTrouble, "\(url) sends from one address to the next without end",
                fix: "write the address of the repository itself as `url`")
        case .uncleanShutdown:
            return GitError(
                .unreachable, "\(url.machine) broke the secure connection off", fix: "look after the Git server")
        default:
            return GitError(.unreachable, "the connection to \(url.machine) failed: \(error.shortDescription)")
        }
    }

    /// - Parameter text: What the TLS library says, with names of its own in capitals.
    private static func told(secure text: String, _ connection: Connection) -> GitError {
        let machine = connection.url.machine
        func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
        if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH") {
            return GitError(
                .protocolTrouble, "\(machine) does not speak https: what it answers is no TLS",
                fix: "write `url: http://…` if the server is meant to be plain, or name its https port")
        }
        if says("failedToValidateHostname", "HOSTNAME_MISMATCH") {
            return GitError(
                .untrusted, "the certificate of \(machine) is for another name than \(connection.url.host)",
                fix: "use the name that the certificate has in `url`, or give the server a certificate for this one")
        }
        if says("CERTIFICATE_VERIFY_FAILED", "unableToValidateCertificate") {
            return GitError(
                .untrusted,
                "the certificate of \(machine) is not trusted: it has expired, is signed by itself, or comes from an"
                    + " authority that this server does not know",
                fix: connection.trustedAuthorities == nil
                    ? "for an authority of your own name its PEM file in `trustedCaPemPath`"
                    : "check that the file of `trustedCaPemPath` holds the authority that signed it, and its dates")
        }
        if says("failedToLoadCertificate", "failedToLoadPrivateKey", "NO_START_LINE", "BAD_BASE64") {
            let path = connection.trustedAuthorities ?? ""
            return GitError(
                .invalid, "trustedCaPemPath: the file \(path) cannot be read as certificates",
                fix: "name a file that exists on the server and holds certificates in PEM form")
        }
        if says("uncleanShutdown") || text.contains("EOF") {
            return GitError(
                .unreachable, "\(machine) broke the secure connection off",
                fix: "check that `url` names a port that speaks https")
        }
        return GitError(
            .untrusted, "no secure connection to \(machine) could be made\(reason(in: text))",
            fix: "check that the server offers TLS 1.2 or newer, and asks for no certificate of its clients")
    }

    /// `…:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION at …` is shown as `tlsv1 alert protocol version`.
    private static func reason(in text: String) -> String {
        guard let start = text.ranges(of: "OPENSSL_internal:").last?.upperBound else { return "" }
        let word = text[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return word.isEmpty ? "" : ": " + word.lowercased().replacing("_", with: " ")
    }

    private static func shown(_ time: Duration) -> String {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
