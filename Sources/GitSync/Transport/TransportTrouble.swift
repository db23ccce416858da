import Connections

/// Says in plain words, with machine, port and what to do, why an HTTP exchange with a Git server came to nothing.
enum TransportTrouble {
    static func told(_ error: any Error, _ connection: Connection) -> GitError {
        let url = connection.url
        let machine = url.machine
        switch ConnectionTrouble(error) {
        case .interrupted:
            return GitError(.unreachable, "the exchange with \(machine) was interrupted")
        case .unknownMachine:
            return GitError(
                .unreachable, "the machine \(url.host) is not known: no address was found for its name",
                fix: "check the name in `url`, and the server's name service (DNS)")
        case .refused:
            return GitError(
                .unreachable, "\(machine) refused the connection: nothing listens there",
                fix: "check host and port in `url`, and that the Git server runs")
        case .noWay:
            return GitError(
                .unreachable, "there is no way to \(machine)",
                fix: "check the host in `url`, and the network between this server and it")
        case .noConnection:
            return GitError(
                .unreachable, "\(machine) took no connection within \(shown(connection.connectTimeout))",
                fix: "check host and port in `url`, and firewalls on the way; `connectTimeout` says how long to wait")
        case .noHandshake:
            return GitError(
                .unreachable, "\(machine) did not answer the start of a secure connection in time",
                fix: "check that `url` names a port that speaks https")
        case .silence:
            return GitError(
                .unreachable, "\(machine) took the connection but said nothing for \(shown(connection.readTimeout))",
                fix: "look after the Git server; `readTimeout` says how long to wait")
        case .tooLong:
            let limit = connection.connectTimeout + connection.readTimeout
            return GitError(
                .unreachable, "\(machine) did not answer within \(shown(limit))",
                fix: "look after the Git server; `connectTimeout` and `readTimeout` say how long to wait")
        case .closed:
            return GitError(
                .unreachable, "\(machine) closed the connection without an answer",
                fix: url.scheme == .http
                    ? "look after the Git server; if it wants https, write `url: https://…`"
                    : "look after the Git server")
        case .broken:
            return GitError(
                .unreachable, "\(machine) broke the connection off",
                fix: "check that `url` has the right scheme and port, and look into the Git server's log")
        case .brokenSecure:
            return GitError(
                .unreachable, "\(machine) broke the secure connection off",
                fix: "check that `url` names a port that speaks https, and look after the Git server")
        case .redirects:
            return GitError(
                .protocolTrouble, "\(url) sends from one address to the next without end",
                fix: "write the address of the repository itself as `url`")
        case .badAddress:
            return GitError(.invalid, "\(url) is no valid address", fix: "correct `url`")
        case .notSecure:
            return GitError(
                .protocolTrouble, "\(machine) does not speak https: what it answers is no TLS",
                fix: "write `url: http://…` if the server is meant to be plain, or name its https port")
        case .wrongName:
            return GitError(
                .untrusted, "the certificate of \(machine) is for another name than \(url.host)",
                fix: "use the name that the certificate has in `url`, or give the server a certificate for this one")
        case .untrusted:
            return GitError(
                .untrusted,
                "the certificate of \(machine) is not trusted: it has expired, is signed by itself, or comes from an"
                    + " authority that this server does not know",
                fix: connection.trustedAuthorities == nil
                    ? "for an authority of your own name its PEM file in `trustedCaPemPath`"
                    : "check that the file of `trustedCaPemPath` holds the authority that signed it, and its dates")
        case .unreadableAuthorities:
            let path = connection.trustedAuthorities ?? ""
            return GitError(
                .invalid, "trustedCaPemPath: the file \(path) cannot be read as certificates",
                fix: "name a file that exists on the server and holds certificates in PEM form")
        case .noAgreement(let reason):
            return GitError(
                .untrusted, "no secure connection to \(machine) could be made" + (reason.isEmpty ? "" : ": \(reason)"),
                fix: "check that the server offers TLS 1.2 or newer, and asks for no certificate of its clients")
        case .other(let text):
            return GitError(.unreachable, "the connection to \(machine) failed: \(connection.redacting(text))")
        }
    }

    private static func shown(_ time: Duration) -> String {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
