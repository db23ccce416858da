import Crypto
import FlowModel

extension TemplateFunction {
    static let encrypt = TemplateFunction(
        "encrypt", "A text encrypted by AES-GCM, as Base64.",
        [
            Parameter("key", "Base64 of 16, 24 or 32 bytes", required: true),
            Parameter("plaintext", "the text", required: true),
        ],
        examples: [Example("{{ encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', '') }}", "")]
    ) { arguments, _ throws(ExpressionError) in
        guard let (key, text) = try Sealing.inputs(arguments, "plaintext") else { return arguments[1] ?? .null }
        guard let sealed = try? AES.GCM.seal(Array(text.utf8), using: key).combined else {
            throw .evaluation("The 'encrypt' function could not encrypt the text.")
        }
        return .string(Base64.encoded(Array(sealed)))
    }

    static let decrypt = TemplateFunction(
        "decrypt", "The text that `encrypt` encrypted.",
        [
            Parameter("key", "Base64 of 16, 24 or 32 bytes", required: true),
            Parameter("encrypted", "what `encrypt` gave", required: true),
        ],
        examples: [
            Example(
                "{% set k = 'I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK' %}{{ decrypt(k, encrypt(k, 'a')) }}", "a")
        ]
    ) { arguments, _ throws(ExpressionError) in
        guard let (key, text) = try Sealing.inputs(arguments, "encrypted") else { return arguments[1] ?? .null }
        guard let bytes = Base64.decoded(text), let box = try? AES.GCM.SealedBox(combined: bytes),
            let opened = try? AES.GCM.open(box, using: key)
        else {
            throw .evaluation("The 'decrypt' function could not decrypt the text: another key, or no encrypted text.")
        }
        return .string(String(decoding: opened, as: UTF8.self))
    }
}

private enum Sealing {
    /// Key and text; nil when the text is null or empty and so stays as it is.
    static func inputs(
        _ arguments: Arguments, _ second: String
    ) throws(ExpressionError) -> (SymmetricKey, String)? {
        let name = arguments.signature.name
        guard let key = arguments[0], let text = arguments[1] else {
            throw .evaluation("The '\(name)' function expects two arguments 'key' and '\(second)'.")
        }
        switch text {
        case .null, .string(""): return nil
        default: break
        }
        guard case .string(let encoded) = key, let bytes = Base64.decoded(encoded), [16, 24, 32].contains(bytes.count)
        else { throw .evaluation("The key of the '\(name)' function must be the Base64 text of 16, 24 or 32 bytes.") }
        guard case .string(let plain) = text else {
            throw .evaluation("The argument '\(second)' of the '\(name)' function must be a text.")
        }
        return (SymmetricKey(data: bytes), plain)
    }
}
