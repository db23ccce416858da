import Testing

@testable import FlowModel

struct ISOTextTests {
    @Test(arguments: [
        ("2013-09-08T16:19:12.123456+02:00[Europe/Paris]", "2013-09-08T16:19:12.123456+02:00[Europe/Paris]"),
        ("2013-09-08T16:19+02", "2013-09-08T16:19+02:00"), ("2013-09-08T16:19:00.000Z", "2013-09-08T16:19Z"),
        ("2013-09-08T16:19:12.5Z", "2013-09-08T16:19:12.500Z"),
        ("2013-09-08T16:19:12Z[UTC]", "2013-09-08T16:19:12Z[UTC]"),
        ("2013-09-08T16:19:12+00:00", "2013-09-08T16:19:12Z"),
        ("2013-09-08T16:19:12-03:30", "2013-09-08T16:19:12-03:30"),
        ("2013-09-08T14:19:12Z[Europe/Paris]", "2013-09-08T16:19:12+02:00[Europe/Paris]"),
        ("-0044-03-15T12:00:00Z", "-0044-03-15T12:00Z"),
        ("+12345-01-01T00:00:01Z", "+12345-01-01T00:00:01Z"),
    ]) func `zoned texts`(text: String, printed: String) throws {
        #expect(try ZonedDateTime(iso: text).description == printed)
    }

    @Test(arguments: [
        "2013-02-29T00:00:00Z", "2013-09-08", "2013-09-08T24:00:00Z", "2013-09-08T16:19", "2013-09-08T16:19:12+25:00",
        "2013-9-8T00:00:00Z",
        "2013-09-08T16:19:12Z[Nowhere/Land]", "2013-09-08T16:19:12Z[UTC", "2013-09-08 16:19:12Z",
        "2013-09-08T16:19:60Z", "",
    ]) func `texts that are none`(text: String) {
        #expect(throws: Problem.self) { try ZonedDateTime(iso: text) }
    }

    @Test func `a text is read in three steps`() throws {
        let paris = try Zone("Europe/Paris")
        #expect(try ZonedDateTime(reading: "2024-07-01T10:00:00Z", in: paris).description == "2024-07-01T10:00Z")
        #expect(
            try ZonedDateTime(reading: "2024-07-01T10:00:00", in: paris).description
                == "2024-07-01T10:00+02:00[Europe/Paris]")
        #expect(
            try ZonedDateTime(reading: "2024-01-01", in: paris).description == "2024-01-01T00:00+01:00[Europe/Paris]")
        #expect(throws: Problem.self) { try ZonedDateTime(reading: "tomorrow", in: paris) }
    }

    @Test func `timestamps have milliseconds`() throws {
        #expect(Timestamp(milliseconds: 1_704_067_200_000).iso == "2024-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: -1).iso == "1969-12-31T23:59:59.999Z")
        #expect(try Timestamp(iso: "2024-01-01T01:00:00.0019+01:00").milliseconds == 1_704_067_200_001)
    }

    @Test(arguments: 1...300) func `what is written reads back the same`(seed: UInt64) throws {
        var chance = Seeded(seed)
        let instant = Instant(
            seconds: Int64.random(in: -300_000_000_000...300_000_000_000, using: &chance),
            nanoseconds: Int32.random(in: 0..<1_000_000_000, using: &chance) / 1000 * 1000)
        #expect(try Instant(iso: instant.description) == instant)
        let stamp = Timestamp(milliseconds: instant.milliseconds)
        #expect(try Timestamp(iso: stamp.iso) == stamp)
        let zone = try #require(Zone(offset: Int.random(in: -64_800...64_800, using: &chance)))
        let zoned = ZonedDateTime(instant, in: zone)
        #expect(try ZonedDateTime(iso: zoned.description) == zoned)
        #expect(try ZonedDateTime(iso: zoned.offsetText) == zoned)
        #expect(try LocalDateTime(iso: zoned.local.description) == zoned.local)
        #expect(try LocalDateTime(iso: zoned.local.fullText) == zoned.local)
        #expect(try LocalDate(iso: zoned.date.description) == zoned.date)
        #expect(try LocalTime(iso: zoned.time.description) == zoned.time)
    }
}
