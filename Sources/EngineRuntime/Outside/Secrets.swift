import EngineCore
import FlowModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where secrets come from, and which values must never be shown.
///
/// A secret is a file of its name in the secrets folder (the way Docker and Kubernetes mount them; one trailing line end does
/// not count), or the environment variable `SECRET_<NAME>` holding Base64. Source: engine spec §10.
public final class Secrets: Sendable {
    private let folder: String?
    private let environment: [String: String]
    /// Every value that was given out since the start: what answers of the server must not show.
    public let given = SecretMask()

    public init(folder: String?, environment: [String: String]) {
        self.folder = folder
        self.environment = environment
    }

    /// The value of a secret; nil when there is none of that name. What is given out is masked from then on.
    public func value(_ name: String) -> String? {
        guard let value = file(name) ?? variable(name) else { return nil }
        given.remember(value)
        return value
    }

    private func file(_ name: String) -> String? {
        guard let folder, SecretFolder.isName(name) else { return nil }
        for candidate in [name, name.uppercased()] {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(candidate)") else { continue }
            var text = String(decoding: data, as: UTF8.self)
            if text.hasSuffix("\r\n") { text.removeLast() } else if text.hasSuffix("\n") { text.removeLast() }
            return text
        }
        return nil
    }

    private func variable(_ name: String) -> String? {
        guard let encoded = environment["SECRET_\(name.uppercased())"] else { return nil }
        let compact = encoded.filter { !$0.isWhitespace }
        guard let data = Data(base64Encoded: compact) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Masks from then on whatever it opens.
struct RememberingCipher: SecretCipher {
    let cipher: any SecretCipher
    let mask: SecretMask

    func encrypt(_ text: String, nonce: [UInt8]) throws(Problem) -> String {
        mask.remember(text)
        return try cipher.encrypt(text, nonce: nonce)
    }

    func decrypt(_ text: String) throws(Problem) -> String {
        let clear = try cipher.decrypt(text)
        mask.remember(clear)
        return clear
    }
}
