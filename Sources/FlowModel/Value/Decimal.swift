/// A decimal number of any size that keeps its scale: `1.50` has two digits behind the point and prints them.
///
/// Equality and order go by value (`1.5 == 1.50`). A scale lies within ±`Decimal.largestScale`, so that no text of a few
/// characters (`1e999999999`) turns into one that fills the memory.
public struct Decimal: Sendable {
    var magnitude: BigUnsigned
    public let isNegative: Bool
    /// Digits behind the point; negative for whole numbers that end in as many zeros.
    public let scale: Int

    public static let largestScale = 10_000

    init(_ magnitude: BigUnsigned, isNegative: Bool, scale: Int) {
        self.magnitude = magnitude
        self.isNegative = isNegative && !magnitude.isZero
        self.scale = scale
    }

    public init(_ number: Int64) {
        self.init(BigUnsigned(number.magnitude), isNegative: number < 0, scale: 0)
    }

    public init(_ number: UInt64) { self.init(BigUnsigned(number), isNegative: false, scale: 0) }

    /// The number that the shortest text of this Double shows; nil for infinities and NaN.
    public init?(_ number: Double) {
        guard number.isFinite else { return nil }
        self.init(number.description)
    }

    /// `-12.50`, `1e3`, `.5`; nil for any other text and for a scale out of bounds.
    public init?(_ text: some StringProtocol) { self.init(ascii: Array(text.utf8)) }

    init?(ascii bytes: some RandomAccessCollection<UInt8>) {
        var rest = bytes[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        let whole = rest.prefix { $0.isASCIIDigit }
        rest = rest[whole.endIndex...]
        var digits = Array(whole)
        var scale = 0
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { $0.isASCIIDigit }
            digits += fraction
            scale = fraction.count
            rest = rest[fraction.endIndex...]
        }
        guard !digits.isEmpty else { return nil }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            guard let exponent = Int(String(decoding: rest.dropFirst(), as: UTF8.self)),
                abs(exponent) <= 2 * Self.largestScale
            else { return nil }
            scale -= exponent
        } else if !rest.isEmpty {
            return nil
        }
        guard abs(scale) <= Self.largestScale else { return nil }
        self.init(BigUnsigned(digits: digits), isNegative: isNegative, scale: scale)
    }

    public var isZero: Bool { magnitude.isZero }

    /// Whether the value is whole, whatever its scale.
    public var isWhole: Bool { scale <= 0 || stripped.scale <= 0 }

    /// The number of digits of the unscaled value.
    public var precision: Int { magnitude.digitCount }

    /// The value in 64 bits; nil when it has a fraction or does not fit.
    public var int: Int64? {
        let plain = rescaledExactly
        guard let plain, let magnitude = plain.exact else { return nil }
        if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// The whole part, cut to its lowest 64 bits.
    public var truncatedInt: Int64 {
        let whole = scale > 0 ? magnitude.divided(by: .powerOfTen(scale)).quotient : magnitude * .powerOfTen(-scale)
        let bits = Int64(truncatingIfNeeded: whole.truncated)
        return isNegative ? 0 &- bits : bits
    }

    /// The nearest Double; an infinity beyond its range.
    public var double: Double { Double(scientificText) ?? .nan }

    /// The unscaled digits for a whole value; nil with a fraction that is not 0.
    private var rescaledExactly: BigUnsigned? {
        if scale <= 0 { return magnitude * .powerOfTen(-scale) }
        let (quotient, rest) = magnitude.divided(by: .powerOfTen(scale))
        return rest.isZero ? quotient : nil
    }

    /// The same value without zeros at the end.
    public var stripped: Decimal {
        if magnitude.isZero { return Decimal(.zero, isNegative: false, scale: 0) }
        let digits = magnitude.digits
        let zeros = digits.reversed().prefix { $0 == 0x30 }.count
        if zeros == 0 { return self }
        return Decimal(BigUnsigned(digits: digits.dropLast(zeros)), isNegative: isNegative, scale: scale - zeros)
    }
}

extension Decimal: CustomStringConvertible {
    /// Plain notation with all digits of the scale: `1.50`, `-0.001`, `1000`.
    public var description: String { String(decoding: plainText, as: UTF8.self) }

    var plainText: [UInt8] {
        var digits = magnitude.digits
        if scale < 0, !magnitude.isZero { digits += [UInt8](repeating: 0x30, count: -scale) }
        if scale > 0 {
            if digits.count <= scale {
                digits.insert(contentsOf: repeatElement(0x30, count: scale + 1 - digits.count), at: 0)
            }
            digits.insert(UInt8(ascii: "."), at: digits.count - scale)
        }
        if isNegative { digits.insert(UInt8(ascii: "-"), at: 0) }
        return digits
    }

    /// `-1250e-2`.
    private var scientificText: String {
        (isNegative ? "-" : "") + String(decoding: magnitude.digits, as: UTF8.self) + "e\(-scale)"
    }
}
