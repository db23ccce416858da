import FlowModel

/// What the hash filters share.
enum Digests {
    static func hexadecimal(_ input: Value, _ digest: ([UInt8]) -> [UInt8]) throws(ExpressionError) -> Value {
        guard case .string(let text) = input else {
            throw .evaluation("Need a string to hash, but got \(ClassNames.name(of: input)).")
        }
        return .string(Hexadecimal.text(of: digest(Array(text.utf8))))
    }
}

enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0xF)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
