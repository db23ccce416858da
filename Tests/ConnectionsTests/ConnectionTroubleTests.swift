import Connections
import Testing

/// What the TLS library throws: its type is known by name only, its text has names of its own in capitals.
private struct SSLFault: Error, CustomStringConvertible {
    var description: String
}

/// What several tries of a connection throw: one text that quotes each.
private struct SeveralFaults: Error, CustomStringConvertible {
    var description: String
}

@Suite struct ConnectionTroubleTests {
    @Test(arguments: [
        (
            "handshakeFailed(sslError([Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at /x.cc:1]))",
            ConnectionTrouble.notSecure
        ),
        ("failedToValidateHostname(expectedName: x)", .wrongName),
        (
            "handshakeFailed(sslError([error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at /x.cc:9]))",
            .untrusted
        ),
        ("failedToLoadCertificate", .unreadableAuthorities),
        (
            "handshakeFailed(sslError([error:1:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION at /x.cc:9]))",
            .noAgreement("tlsv1 alert protocol version")
        ),
        ("uncleanShutdown", .brokenSecure),
    ]) func `what the TLS library says is told apart`(text: String, trouble: ConnectionTrouble) {
        #expect(ConnectionTrouble(SSLFault(description: text)) == trouble)
    }

    @Test(arguments: [
        ("connection reset (error set): Connection refused) (errno: 111)", ConnectionTrouble.refused),
        ("connect(descriptor:addr:size:): No route to host (errno: 113)", .noWay),
        ("UnknownHost(host: \"x\")", .unknownMachine), ("a cat sat on it", .other("a cat sat on it")),
    ]) func `what the system says is told apart`(text: String, trouble: ConnectionTrouble) {
        #expect(ConnectionTrouble(SeveralFaults(description: text)) == trouble)
    }

    @Test func `an exchange that is given up is no fault of the machine`() {
        #expect(ConnectionTrouble(CancellationError()) == .interrupted)
    }
}
