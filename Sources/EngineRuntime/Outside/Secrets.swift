import EngineCore
import FlowModel
import Synchronization

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
    /// Every value that was given out since the start, longest first.
    private let known = Mutex<[String]>([])

    public init(folder: String?, environment: [String: String]) {
        self.folder = folder
        self.environment = environment
    }

    /// The value of a secret; nil when there is none of that name. What is given out is masked from then on.
    public func value(_ name: String) -> String? {
        guard let value = file(name) ?? variable(name) else { return nil }
        remember(value)
        return value
    }

    /// Masks a value from now on, such as that of a SECRET input.
    public func remember(_ value: String) {
        guard value.utf8.count >= Self.shortestMasked else { return }
        known.withLock { all in
            if all.contains(value) { return }
            all.append(value)
            all.sort { $0.utf8.count > $1.utf8.count }
        }
    }

    /// Values shorter than this would mask ordinary words.
    private static let shortestMasked = 3

    /// Each occurrence of a secret becomes as many asterisks; a run of nine or more begins with `**masked*`.
    /// Source: engine spec §5.6.
    public func mask(_ text: String) -> String {
        let secrets = known.withLock { $0 }
        if secrets.isEmpty { return text }
        var masked = text
        for secret in secrets where masked.contains(secret) {
            masked = masked.replacing(secret, with: String(repeating: "*", count: secret.count))
            if let run = masked.firstRange(of: "*********") { masked.replaceSubrange(run, with: "**masked*") }
        }
        return masked
    }

    /// The same for every text in a value, keys included.
    public func mask(_ value: Value) -> Value {
        if known.withLock({ $0.isEmpty }) { return value }
        switch value {
        case .string(let text): return .string(mask(text))
        case .list(let items): return .list(items.map(mask))
        case .map(let members):
            return .map(ValueMap(members.lazy.map { (self.mask($0.key), self.mask($0.value)) }, uniquingKeysWith: { first, _ in first }))
        default: return value
        }
    }

    private func file(_ name: String) -> String? {
        guard let folder, !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else { return nil }
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
    let secrets: Secrets

    func encrypt(_ text: String, nonce: [UInt8]) throws(Problem) -> String {
        secrets.remember(text)
        return try cipher.encrypt(text, nonce: nonce)
    }

    func decrypt(_ text: String) throws(Problem) -> String {
        let clear = try cipher.decrypt(text)
        secrets.remember(clear)
        return clear
    }
}
