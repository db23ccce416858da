import AsyncHTTPClient
import Glibc
import NIOCore

/// Why an exchange over HTTP came to nothing, read from what the network libraries say in words of their own.
///
/// Whoever shows it finds words of the user's: these name the machine, and the property that mends it.
public enum ConnectionTrouble: Sendable, Equatable {
    /// The exchange was given up by whoever asked for it.
    case interrupted
    /// No address was found for the name of the machine.
    case unknownMachine
    /// Nothing listens at the port.
    case refused
    /// The network leads nowhere near the machine.
    case noWay
    /// No connection was made in the time for it.
    case noConnection
    /// The connection was made, the start of TLS was not answered in time.
    case noHandshake
    /// The connection was made, and nothing said for the time that silence may take.
    case silence
    /// The whole exchange took longer than it may.
    case tooLong
    /// The connection was closed before there was an answer.
    case closed
    /// The connection was broken off.
    case broken
    /// A secure connection was broken off.
    case brokenSecure
    /// One address sends to the next without end.
    case redirects
    /// The address is none.
    case badAddress
    /// What answers at the port is no TLS.
    case notSecure
    /// The certificate is for another name.
    case wrongName
    /// The certificate has expired, is signed by itself, or comes from an unknown authority: the TLS library tells these
    /// apart no further.
    case untrusted
    /// The file of trusted authorities cannot be read as certificates.
    case unreadableAuthorities
    /// Another reason for which TLS was not agreed on: in a few words, empty if there are none.
    case noAgreement(String)
    /// What is none of these, as it was said.
    case other(String)

    public init(_ error: any Error) {
        if error is CancellationError {
            self = .interrupted
        } else if let error = error as? HTTPClientError {
            self.init(error)
        } else if String(reflecting: type(of: error)).contains("SSL") || "\(error)".contains("NIOSSL") {
            self.init(secure: "\(error)")
        } else if let failure = error as? IOError, let known = Self(code: failure.errnoCode) {
            self = known
        } else {
            self.init(said: "\(error)")
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .cancelled: self = .interrupted
        case .connectTimeout, .getConnectionFromPoolTimeout: self = .noConnection
        case .tlsHandshakeTimeout: self = .noHandshake
        case .readTimeout, .writeTimeout: self = .silence
        case .deadlineExceeded: self = .tooLong
        case .remoteConnectionClosed: self = .closed
        case .uncleanShutdown: self = .brokenSecure
        case .redirectLimitReached, .redirectCycleDetected: self = .redirects
        case .invalidURL, .emptyHost, .emptyScheme: self = .badAddress
        default: self = .other(error.shortDescription)
        }
    }

    private init?(code: CInt) {
        switch code {
        case ECONNREFUSED: self = .refused
        case EHOSTUNREACH, ENETUNREACH: self = .noWay
        case ECONNRESET, EPIPE: self = .broken
        case ETIMEDOUT: self = .noConnection
        default: return nil
        }
    }

    /// Several tries of one connection are told as one text that quotes each.
    private init(said text: String) {
        let codes = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ECONNRESET, ETIMEDOUT, EPIPE]
        if let code = codes.first(where: { text.contains("errno: \($0))") }), let known = Self(code: code) {
            self = known
        } else if text.contains("UnknownHost") || text.contains("unknown host") || text.contains("SocketAddressError") {
            self = .unknownMachine
        } else {
            self = .other(text)
        }
    }

    /// - Parameter text: What the TLS library says, with names of its own in capitals.
    private init(secure text: String) {
        func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
        if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH") {
            self = .notSecure
        } else if says("failedToValidateHostname", "HOSTNAME_MISMATCH") {
            self = .wrongName
        } else if says("CERTIFICATE_VERIFY_FAILED", "unableToValidateCertificate") {
            self = .untrusted
        } else if says("failedToLoadCertificate", "failedToLoadPrivateKey", "NO_START_LINE", "BAD_BASE64") {
            self = .unreadableAuthorities
        } else if says("uncleanShutdown", "EOF") {
            self = .brokenSecure
        } else {
            self = .noAgreement(Self.reason(in: text))
        }
    }

    /// `…:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION at …` is shown as `tlsv1 alert protocol version`.
    private static func reason(in text: String) -> String {
        guard let start = text.ranges(of: "OPENSSL_internal:").last?.upperBound else { return "" }
        return text[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }.lowercased().replacing("_", with: " ")
    }
}
