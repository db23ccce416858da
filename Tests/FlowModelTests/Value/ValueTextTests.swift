import Testing

@testable import FlowModel

struct ValueTextTests {
    @Test(arguments: [
        (1.0, "1.0"), (100_000_000.0, "1.0E8"), (12_345_678.9, "1.23456789E7"), (0.0001, "1.0E-4"), (0.001, "0.001"),
        (9_999_999.0, "9999999.0"),
        (1e7, "1.0E7"), (-1.5e-7, "-1.5E-7"), (1e21, "1.0E21"), (0.1 + 0.2, "0.30000000000000004"),
        (.infinity, "Infinity"),
        (-.infinity, "-Infinity"), (.nan, "NaN"), (0.0, "0.0"), (-0.0, "-0.0"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (123_456_789_012_345_680.0, "1.2345678901234568E17"),
    ]) func `Doubles print as Java prints them`(number: Double, text: String) { #expect(number.javaText == text) }

    @Test(arguments: [
        (Float(1.123), "1.123"), (1e10, "1.0E10"), (3.4028235e38, "3.4028235E38"), (0, "0.0"),
        (16_777_216, "1.6777216E7"),
    ])
    func `Floats print in their own width`(number: Float, text: String) { #expect(number.javaText == text) }

    @Test(arguments: 1...200) func `Double texts read back the same`(seed: UInt64) {
        var chance = Seeded(seed)
        let number = chance.finiteDouble()
        #expect(Double(number.javaText) == number)
    }

    @Test func `plain and printed forms`() throws {
        let value: Value = ["a": 1, "b": ["x", nil, 1.5], "c": .map([:])]
        #expect(value.plain() == "{a=1, b=[x, null, 1.5], c={}}")
        #expect(value.printed() == #"{"a":1,"b":["x",null,1.5],"c":{}}"#)
        #expect(Value.null.printed() == "")
        #expect(Value.null.plain() == "null")
        #expect(Value.decimal(try #require(Decimal("1.50"))).printed() == "1.50")
        #expect(
            Value.moment(.legacy(Instant(milliseconds: 1_378_653_552_123))).printed() == "Sun Sep 08 15:19:12 UTC 2013")
        let zoned = try ZonedDateTime(iso: "2013-09-08T16:19:12.123456+02:00[Europe/Paris]")
        #expect(Value.moment(.zoned(zoned)).printed() == "2013-09-08T16:19:12.123456+02:00[Europe/Paris]")
    }

    @Test func `numbers are equal by value`() throws {
        #expect((1 as Value).equals(1.0))
        #expect(([1, ["a": 2.0]] as Value).equals([1.0, ["a": 2]]))
        #expect(!(1 as Value).equals("1"))
        #expect(!(nil as Value).equals(0))
        #expect((["a": 1, "b": 2] as Value).equals(["b": 2, "a": 1]))
        #expect(Value.decimal(try #require(Decimal("1.50"))).equals(1.5))
        #expect((1 as Value).order(to: 2.5) == .before)
        #expect((1 as Value).order(to: .double(.nan)) == .unordered)
        #expect((1 as Value).order(to: "a") == nil)
        #expect(MemoryLayout<Value>.size <= 24)
    }
}
