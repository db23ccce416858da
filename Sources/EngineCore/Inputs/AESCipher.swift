import Crypto
import FlowModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// AES-GCM with the server's key: the 12 bytes of the nonce, the text and the tag, as Base64. Source: engine spec §2.6.
public struct AESCipher: SecretCipher {
    private let key: SymmetricKey

    /// - Parameter secretKey: `kestra.encryption.secret-key`, Base64 of 16, 24 or 32 bytes; blanks and line breaks in it
    ///   do not count.
    /// - Throws: `secret.bad-key`.
    public init(secretKey: String) throws(Problem) {
        let text = String(secretKey.filter { !$0.isWhitespace })
        guard let bytes = Data(base64Encoded: text), [16, 24, 32].contains(bytes.count) else {
            throw Problem(
                "secret.bad-key", what: "the encryption key is not the Base64 text of 16, 24 or 32 bytes",
                fix: "make one with `openssl rand -base64 32`")
        }
        key = SymmetricKey(data: bytes)
    }

    public func encrypt(_ text: String, nonce: [UInt8]) throws(Problem) -> String {
        do {
            let box = try AES.GCM.seal(Data(text.utf8), using: key, nonce: AES.GCM.Nonce(data: nonce))
            return (Data(box.nonce) + box.ciphertext + box.tag).base64EncodedString()
        } catch {
            throw Problem("secret.not-encrypted", what: "the value could not be encrypted: \(error)")
        }
    }

    public func decrypt(_ text: String) throws(Problem) -> String {
        do {
            guard let bytes = Data(base64Encoded: text) else { throw CryptoKitError.incorrectParameterSize }
            let clear = try AES.GCM.open(AES.GCM.SealedBox(combined: bytes), using: key)
            return String(decoding: clear, as: UTF8.self)
        } catch {
            throw Problem(
                "secret.not-decrypted", what: "a value could not be decrypted with the server's key",
                fix: "start the server with the key that the value was stored with")
        }
    }
}
