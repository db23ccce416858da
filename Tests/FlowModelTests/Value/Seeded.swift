@testable import FlowModel

/// Chance that a seed repeats exactly.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func text(_ longest: Int = 24) -> String {
        let alphabet = Array("abcXYZ019 _-./:\"\\\n\t\r\u{1}\u{7F}äß€漢😀{}[],")
        return String(
            (0..<Int.random(in: 0...longest, using: &self)).map { _ in alphabet.randomElement(using: &self) ?? "x" })
    }

    mutating func decimal() -> Decimal {
        let digits = String(
            (0..<Int.random(in: 1...60, using: &self)).map { _ in "0123456789".randomElement(using: &self) ?? "0" })
        let scale = Int.random(in: -5...50, using: &self)
        return Decimal(BigUnsigned(digits: Array(digits.utf8)), isNegative: Bool.random(using: &self), scale: scale)
    }

    /// A value that JSON holds without loss.
    mutating func jsonValue(depth: Int = 0) -> Value {
        switch Int.random(in: 0..<(depth > 4 ? 6 : 9), using: &self) {
        case 0: .null
        case 1: .bool(Bool.random(using: &self))
        case 2: .int(Int64(bitPattern: next()) >> Int64.random(in: 0..<64, using: &self))
        case 3: .double(finiteDouble())
        case 4, 5: .string(text())
        case 6, 7:
            .map(
                ValueMap(
                    (0..<Int.random(in: 0...20, using: &self)).map { _ in (text(8), jsonValue(depth: depth + 1)) },
                    uniquingKeysWith: { _, last in last }))
        default: .list((0..<Int.random(in: 0...6, using: &self)).map { _ in jsonValue(depth: depth + 1) })
        }
    }

    mutating func finiteDouble() -> Double {
        while true {
            let number =
                Bool.random(using: &self)
                ? Double(bitPattern: next()) : Double(Int64(bitPattern: next()) % 1_000_000) / 1000
            if number.isFinite { return number }
        }
    }
}
