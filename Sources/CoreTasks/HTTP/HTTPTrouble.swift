import Connections

/// Says in plain words, and with what to do about it, why a request came to nothing.
enum HTTPTrouble {
    static func told(_ trouble: ConnectionTrouble) -> String {
        switch trouble {
        case .interrupted: "the task was interrupted while it waited for the answer"
        case .unknownMachine:
            "no address was found for the name of the machine; check it in `uri`, and the name service (DNS)"
        case .refused: "nothing listens there, the connection was refused; check host and port in `uri`"
        case .noWay: "there is no way to the machine; check the host in `uri`, and the network"
        case .noConnection:
            "no connection within the time of `options.timeout.connectTimeout`; check host and port in `uri`, and firewalls"
        case .noHandshake: "the start of a secure connection was not answered; check that the port speaks https"
        case .silence: "no answer within the time of `options.timeout.readIdleTimeout`"
        case .tooLong: "it took longer than 24 hours"
        case .closed: "the server closed the connection"
        case .broken: "the server broke the connection off"
        case .brokenSecure: "the server broke the secure connection off"
        case .redirects: "it was sent on more than 20 times"
        case .badAddress: "this is no valid address; correct `uri`"
        case .notSecure:
            "the server does not speak https, its answer is no TLS; write http:// if it is meant to be plain"
        case .wrongName: "the server's certificate is for another name; use the name that it has in `uri`"
        case .untrusted:
            "the server's certificate is not trusted: it has expired, is signed by itself, or comes from an unknown"
                + " authority; `options.ssl.insecureTrustAllCertificates: true` trusts any"
        case .unreadableAuthorities: "the trusted certificates of this machine cannot be read"
        case .noAgreement(let reason):
            "no secure connection could be agreed on" + (reason.isEmpty ? "" : ": \(reason)")
        case .other(let text): text
        }
    }
}
