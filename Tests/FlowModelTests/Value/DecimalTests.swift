import Testing

@testable import FlowModel

struct DecimalTests {
    @Test(arguments: 1...200) func `texts read back the same`(seed: UInt64) throws {
        var chance = Seeded(seed)
        let number = chance.decimal()
        let again = try #require(Decimal(number.description))
        #expect(again == number)
        #expect(again.description == number.description)
        #expect(again.hashValue == number.hashValue)
    }

    @Test(arguments: 1...300) func `sums and products agree with 128-bit arithmetic`(seed: UInt64) throws {
        var chance = Seeded(seed)
        func number() -> Int64 { Int64(bitPattern: chance.next()) >> Int64.random(in: 0..<60, using: &chance) }
        let (a, b) = (number(), number())
        let (left, right) = (Decimal(a), Decimal(b))
        #expect((left + right).description == String(Int128(a) + Int128(b)))
        #expect((left - right).description == String(Int128(a) - Int128(b)))
        let product = Decimal(String(Int128(a) * Int128(b)))?.rounded()
        #expect(left * right == product)
        if b != 0, a != .min {
            #expect(try #require(left.remainder(dividingBy: right)).description == String(a % b))
        }
        #expect((left < right) == (a < b))
    }

    @Test(arguments: 1...300) func `division undoes multiplication`(seed: UInt64) throws {
        var chance = Seeded(seed)
        let (a, b) = (chance.decimal(), chance.decimal())
        guard !b.isZero else { return }
        let product = Decimal(
            a.magnitude * b.magnitude, isNegative: a.isNegative != b.isNegative, scale: a.scale + b.scale)
        #expect(product.divided(by: b) == a.rounded())
        let (quotient, rest) = a.magnitude.divided(by: b.magnitude)
        #expect(quotient * b.magnitude + rest == a.magnitude)
        #expect(rest < b.magnitude)
    }

    @Test(arguments: [
        ("1.50", "1.50"), ("-0.001", "-0.001"), ("1e3", "1000"), (".5", "0.5"), ("-0", "0"), ("+7", "7"),
        ("00012", "12"), ("1.5e-3", "0.0015"),
    ]) func `the scale is kept`(text: String, printed: String) { #expect(Decimal(text)?.description == printed) }

    @Test(arguments: ["", "a", "1.2.3", "1e", "--1", "1e99999", "e5", "."]) func `other texts are refused`(text: String)
    {
        #expect(Decimal(text) == nil)
    }

    @Test func `quotients have 34 digits and round to even`() throws {
        let third = try #require(Decimal(1 as Int64).divided(by: Decimal(3 as Int64)))
        #expect(third.description == "0." + String(repeating: "3", count: 34))
        #expect(Decimal(1 as Int64).divided(by: Decimal(8 as Int64))?.description == "0.125")
        #expect(Decimal("10.00")?.divided(by: Decimal(2 as Int64))?.description == "5.00")
        #expect(Decimal(100 as Int64).divided(by: Decimal(2 as Int64))?.description == "50")
        #expect(Decimal(1 as Int64).divided(by: Decimal(0 as Int64)) == nil)
        #expect(Decimal("0.125")?.rounded(toScale: 2).description == "0.12")
        #expect(Decimal("0.135")?.rounded(toScale: 2).description == "0.14")
        #expect(Decimal("9.99")?.rounded(to: 2).description == "10")
    }

    @Test func `64 bits and Doubles`() throws {
        #expect(Decimal("9223372036854775807")?.int == .max)
        #expect(Decimal("-9223372036854775808")?.int == .min)
        #expect(Decimal("9223372036854775808")?.int == nil)
        #expect(Decimal("1.0")?.int == 1)
        #expect(Decimal("1.5")?.int == nil)
        #expect(Decimal("-1.9")?.truncatedInt == -1)
        #expect(Decimal("18446744073709551617")?.truncatedInt == 1)
        #expect(Decimal("0.1")?.double == 0.1)
        #expect(Decimal(1e300)?.double == 1e300)
        #expect(Decimal(Double.infinity) == nil)
        #expect(Decimal("1.50") == Decimal("1.5"))
    }
}
