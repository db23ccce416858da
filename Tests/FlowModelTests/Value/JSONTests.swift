import Testing

@testable import FlowModel

struct JSONTests {
    @Test(arguments: 1...300) func `what is written reads back the same`(seed: UInt64) throws {
        var chance = Seeded(seed)
        let value = chance.jsonValue()
        #expect(try JSON.parse(value.json()) == value)
        #expect(try JSON.parse(value.json(.pretty)) == value)
    }

    @Test(arguments: [
        (#"{"a":[1,-2.5,1e2,true,false,null,"x"]}"#, #"{"a":[1,-2.5,100.0,true,false,null,"x"]}"#),
        (" [ ] ", "[]"), ("{ }", "{}"), (#""\u00e4\ud83d\ude00\/\b\f\n\r\t""#, #""ä😀/\b\f\n\r\t""#),
        (#""\ud83d""#, "\"\u{FFFD}\""), (#""\ud83d\u0041""#, "\"\u{FFFD}A\""), ("\"\u{7F}\"", "\"\u{7F}\""),
        (#"{"b":1,"a":2,"b":3}"#, #"{"b":3,"a":2}"#),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9223372036854775808"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e400", "1" + String(repeating: "0", count: 400)), ("0.1", "0.1"), ("1e8", "1.0E8"), ("-0", "0"),
        ("-0.0", "-0.0"),
        ("1.7976931348623157e308", "1.7976931348623157E308"), ("5e-324", "5.0E-324"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("\u{FEFF}1", "1"), (#""\u001f""#, #""\u001F""#),
    ]) func `texts are read and written`(text: String, written: String) throws {
        #expect(try JSON.parse(text).jsonText() == written)
    }

    @Test(arguments: [
        ("", "1:1"), ("[1,", "1:4"), ("[1,]", "1:4"), ("{\"a\" 1}", "1:6"), ("{a:1}", "1:2"), ("01", "1:1"),
        ("1.", "1:3"), ("-", "1:2"),
        ("\n\n  tru", "3:3"), ("1 2", "1:3"), ("\"ä\" x", "1:5"), ("\"a\nb\"", "1:3"), ("\"abc", "1:5"),
        (#""\x""#, "1:3"),
        (#""\u12g4""#, "1:6"), ("{\"a\":1,}", "1:8"), ("1e", "1:3"), ("1e99999", "1:1"), ("[1 2]", "1:4"),
        ("nul", "1:1"), (#""\"#, "1:3"),
    ]) func `mistakes are told with their place`(text: String, place: String) {
        let problem = #expect(throws: Problem.self) { try JSON.parse(text) }
        #expect(problem?.place?.description == place)
        #expect(problem?.code == "json.syntax")
    }

    @Test func `depth is limited`() throws {
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try JSON.parse(deep).jsonText() == deep)
        #expect(throws: Problem.self) { try JSON.parse("[" + deep + "]") }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: Problem.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func `the rest can be ignored`() throws {
        #expect(try JSON.parse("{\"a\":1} and more", ignoringRest: true) == ["a": 1])
    }

    @Test(arguments: 1...200) func `no text breaks the reader`(seed: UInt64) {
        var chance = Seeded(seed)
        var bytes = chance.jsonValue().json()
        for _ in 0..<3 where !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &chance)] = UInt8.random(in: 0...255, using: &chance)
        }
        _ = try? JSON.parse(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &chance))))
    }

    @Test func `the expression form leaves out null members and turns dates`() throws {
        let value: Value = [
            "n": nil, "l": [nil, 1], "d": .duration(.seconds(5400)),
            "z": .moment(.zoned(try ZonedDateTime(iso: "2013-09-08T16:19:12.123456+01:00"))),
            "i": .moment(.instant(Instant(seconds: 0))),
            "o": .moment(.legacy(Instant(milliseconds: 1_378_653_552_000))),
            "t": .moment(.localDateTime(try LocalDateTime(iso: "2013-09-08T16:19"))),
        ]
        #expect(
            value.jsonText(.expression(in: .utc))
                == #"{"l":[null,1],"d":5400.000000000,"z":"2013-09-08T15:19:12.123456Z","i":"1970-01-01T00:00:00Z","o":"2013-09-08T15:19:12.000+00:00","t":"2013-09-08T16:19:00"}"#
        )
        #expect(
            value.jsonText().hasPrefix(#"{"n":null,"l":[null,1],"d":"PT1H30M","z":"2013-09-08T16:19:12.123456+01:00""#))
    }
}
