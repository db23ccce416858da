import Testing

@testable import FlowModel

struct ISODurationTests {
    @Test(arguments: [
        ("PT10S", "PT10S"), ("P1D", "PT24H"), ("PT0.25s", "PT0.25S"), ("PT5m", "PT5M"), ("pt1h30m", "PT1H30M"),
        ("PT60S", "PT1M"), ("PT0S", "PT0S"),
        ("-PT5M", "PT-5M"), ("PT-1.5S", "PT-1.5S"), ("PT-0.5S", "PT-0.5S"), ("P2DT3H4M5.678S", "PT51H4M5.678S"),
        ("-P1DT1H", "PT-25H"), ("P1W", "PT168H"),
        ("PT1M-30S", "PT30S"), ("PT-1H30M", "PT-30M"), ("PT1.000000001S", "PT1.000000001S"), ("P0D", "PT0S"),
        ("PT1,5S", "PT1.5S"),
    ]) func `texts are read and written`(text: String, printed: String) throws {
        #expect(try ISODuration(text).description == printed)
    }

    @Test(arguments: [
        "", "P", "PT", "P1DT", "1S", "PT1", "PT1.5M", "PT1S1M", "P1M", "P1Y", "PTS", "PT1X", "P1H", "PT1D", "5m",
        "PT99999999999999999999S", "PT1.1234567890S",
    ]) func `other texts are refused`(text: String) {
        #expect(throws: Problem.self) { try ISODuration(text) }
    }

    @Test(arguments: 1...300) func `what is written reads back the same`(seed: UInt64) throws {
        var chance = Seeded(seed)
        let duration = ISODuration(
            seconds: Int64(bitPattern: chance.next()) >> Int64.random(in: 0..<64, using: &chance),
            nanoseconds: Bool.random(using: &chance) ? 0 : Int32.random(in: 0..<1_000_000_000, using: &chance))
        #expect(try ISODuration(duration.description) == duration)
    }

    @Test func `seconds with nine digits`() throws {
        #expect(try ISODuration("PT1H30M").secondsText == "5400.000000000")
        #expect(try ISODuration("PT-0.5S").secondsText == "-0.500000000")
    }
}
