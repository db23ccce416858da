import FlowModel

/// Encrypts what must not be kept in the clear: SECRET inputs, and outputs of tasks that say so. Source: engine spec §2.6.
public protocol SecretCipher: Sendable {
    /// - Parameter nonce: 12 random bytes, never used twice with one key.
    func encrypt(_ text: String, nonce: [UInt8]) throws(Problem) -> String
    func decrypt(_ text: String) throws(Problem) -> String
}

extension SecretCipher {
    /// Encrypts with 96 of 128 random bits as the nonce.
    func encrypt(_ text: String, random: (UInt64, UInt64)) throws(Problem) -> String {
        let bytes = [random.0, random.1].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        return try encrypt(text, nonce: Array(bytes.prefix(12)))
    }
}

/// Values that stand encrypted among a task's or a flow's outputs.
public enum EncryptedValue {
    public static let type = "io.kestra.datatype:aes_encrypted"

    /// `{"type": "io.kestra.datatype:aes_encrypted", "value": "…"}`
    public static func wrap(_ text: String) -> Value { ["type": .string(type), "value": .string(text)] }

    /// The text inside such a map; nil for any other value.
    public static func unwrap(_ value: Value) -> String? {
        guard case .map(let members) = value, members.count == 2, members["type"] == .string(type) else { return nil }
        return members["value"]?.string
    }

    /// A structure with all encrypted texts in the clear. Without a cipher, and for texts that were kept in the clear
    /// because there was no key, the text itself counts.
    public static func decrypted(_ value: Value, with cipher: (any SecretCipher)?) -> Value {
        if let text = unwrap(value) { return .string((try? cipher?.decrypt(text)) ?? text) }
        switch value {
        case .list(let items): return .list(items.map { decrypted($0, with: cipher) })
        case .map(let members): return .map(members.mapValues { decrypted($0, with: cipher) })
        default: return value
        }
    }
}
