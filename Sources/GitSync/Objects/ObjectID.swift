import CGit2

/// The name of a Git object: its SHA-1 digest.
public struct ObjectID: Sendable, Hashable, CustomStringConvertible {
    private var first: UInt64
    private var second: UInt64
    private var third: UInt32

    init(_ raw: git_oid) {
        (first, second, third) = withUnsafeBytes(of: raw) { bytes in
            (
                bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
            )
        }
    }

    /// Reads 40 hexadecimal digits; nil for anything else.
    public init?(hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 40 else { return nil }
        var raw = git_oid()
        let isValid = withUnsafeMutableBytes(of: &raw) { bytes in
            for i in 0..<20 {
                guard let high = Self.value(digits[2 * i]), let low = Self.value(digits[2 * i + 1]) else {
                    return false
                }
                bytes[i] = high << 4 | low
            }
            return true
        }
        guard isValid else { return nil }
        self.init(raw)
    }

    var raw: git_oid {
        var raw = git_oid()
        withUnsafeMutableBytes(of: &raw) { bytes in
            bytes.storeBytes(of: first, as: UInt64.self)
            bytes.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: third, toByteOffset: 16, as: UInt32.self)
        }
        return raw
    }

    /// 40 lower-case hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: 40) { text in
            withUnsafeBytes(of: raw) { bytes in
                for i in 0..<20 {
                    text[2 * i] = Self.digit(bytes[i] >> 4)
                    text[2 * i + 1] = Self.digit(bytes[i] & 15)
                }
            }
            return 40
        }
    }

    /// The name of nothing: 40 zeros, as the protocol writes a ref that is not there.
    static let zero = ObjectID(git_oid())

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}

extension ObjectID {
    /// From the bytes of a SHA-1 digest; nil for another length.
    init?(digest: some Sequence<UInt8>) {
        var raw = git_oid()
        var count = 0
        withUnsafeMutableBytes(of: &raw) { bytes in
            for byte in digest {
                if count < 20 { bytes[count] = byte }
                count += 1
            }
        }
        guard count == 20 else { return nil }
        self.init(raw)
    }
}
