/// The name of an execution: 128 bits, written as 22 characters of base 62.
///
/// The high half is the moment of creation in microseconds shifted by a few random bits, so ids sort by age and a row can be
/// found by date without an index of its own.
public struct ExecutionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameters:
    ///   - random: 64 bits of chance.
    ///   - sequence: counts up within one process, so that ids of one millisecond keep their order.
    public init(at now: Timestamp, sequence: UInt32, random: UInt64) {
        high = UInt64(clamping: now.milliseconds) << 20 | UInt64(sequence & 0xFFFFF)
        low = random
    }

    /// Nil when the text is no id: not 22 characters of `0-9A-Za-z`, or above 128 bits.
    public init?(_ text: some StringProtocol) {
        guard let (high, low) = Base62.decode(text.utf8) else { return nil }
        self.init(high: high, low: low)
    }

    public var description: String { Base62.encode(high: high, low: low) }

    /// The moment of creation that the id carries.
    public var createdAt: Timestamp { Timestamp(milliseconds: Int64(high >> 20)) }

    public static func < (one: ExecutionID, other: ExecutionID) -> Bool {
        (one.high, one.low) < (other.high, other.low)
    }

    /// The id of the task run with this number: always the same, unlike that of any other run.
    public func taskRunID(_ number: Int) -> String {
        var mixed = low &+ (UInt64(truncatingIfNeeded: number) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Base62.encode(high: high ^ low.byteSwapped ^ 0x5452, low: mixed ^ (mixed >> 31))
    }
}

/// 128 bits as 22 characters, most significant first, so that texts sort as numbers do.
enum Base62 {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func encode(high: UInt64, low: UInt64) -> String {
        var number = UInt128(high) << 64 | UInt128(low)
        return String(unsafeUninitializedCapacity: 22) { buffer in
            // Two big divisions leave pieces that fit 64 bits, where dividing is cheap.
            let chunk: UInt128 = 839_299_365_868_340_224  // 62^10
            var index = 22
            for length in [10, 10, 2] {
                let (quotient, remainder) = number.quotientAndRemainder(dividingBy: chunk)
                var piece = UInt64(length == 2 ? number : remainder)
                for _ in 0..<length {
                    index -= 1
                    buffer[index] = digits[Int(piece % 62)]
                    piece /= 62
                }
                number = quotient
            }
            return 22
        }
    }

    static func decode(_ text: some Sequence<UInt8>) -> (high: UInt64, low: UInt64)? {
        var number: UInt128 = 0
        var count = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A") + 10
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 36
            default: return nil
            }
            let (product, overflow) = number.multipliedReportingOverflow(by: 62)
            let (sum, carry) = product.addingReportingOverflow(UInt128(digit))
            if overflow || carry { return nil }
            number = sum
            count += 1
        }
        guard count == 22 else { return nil }
        return (UInt64(truncatingIfNeeded: number >> 64), UInt64(truncatingIfNeeded: number))
    }
}
