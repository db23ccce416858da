import FlowModel
import Synchronization

/// Secrets that must not be shown: those of one execution in its log, those of the whole server in its answers.
public final class SecretMask: Sendable {
    /// Values shorter than this would mask ordinary words.
    private static let shortest = 3

    /// Longest first, so that a secret within another one is no way to see a part of it.
    private let known = Mutex<[String]>([])

    public init() {}

    public var isEmpty: Bool { known.withLock { $0.isEmpty } }

    /// All of them, longest first.
    public var texts: [String] { known.withLock { $0 } }

    public func remember(_ value: String) {
        guard value.utf8.count >= Self.shortest else { return }
        known.withLock { all in
            if all.contains(value) { return }
            all.append(value)
            all.sort { $0.utf8.count > $1.utf8.count }
        }
    }

    /// Each occurrence of a secret becomes as many asterisks; per secret, the first run of nine or more begins with
    /// `**masked*`. Source: engine spec §5.6.
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
        if isEmpty { return value }
        switch value {
        case .string(let text): return .string(mask(text))
        case .list(let items): return .list(items.map(mask))
        case .map(let members):
            return .map(
                ValueMap(
                    members.lazy.map { (self.mask($0.key), self.mask($0.value)) },
                    uniquingKeysWith: { first, _ in first }))
        default: return value
        }
    }
}
