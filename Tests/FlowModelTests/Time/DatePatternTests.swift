import Testing

@testable import FlowModel

struct DatePatternTests {
    private let moment: ZonedDateTime

    init() throws {
        moment = try ZonedDateTime(iso: "2013-09-08T11:19:12.123456-04:00[America/New_York]")
    }

    @Test(arguments: [
        ("iso", "2013-09-08T11:19:12.123456-04:00"), ("iso_sec", "2013-09-08T11:19:12-04:00"),
        ("iso_milli", "2013-09-08T11:19:12.123-04:00"),
        ("sql", "2013-09-08 11:19:12.123456"), ("sql_seq", "2013-09-08 11:19:12"), ("sql_sec", "2013-09-08 11:19:12"),
        ("sql_milli", "2013-09-08 11:19:12.123"),
        ("iso_date_time", "2013-09-08T11:19:12.123456-04:00[America/New_York]"),
        ("iso_zoned_date_time", "2013-09-08T11:19:12.123456-04:00[America/New_York]"), ("iso_date", "2013-09-08-04:00"),
        ("iso_time", "11:19:12.123456-04:00"), ("iso_offset_time", "11:19:12.123456-04:00"),
        ("iso_local_date", "2013-09-08"),
        ("iso_local_time", "11:19:12.123456"), ("iso_local_date_time", "2013-09-08T11:19:12.123456"),
        ("iso_instant", "2013-09-08T15:19:12.123456Z"),
        ("iso_ordinal_date", "2013-251-04:00"), ("iso_week_date", "2013-W36-7-04:00"),
        ("rfc_1123_date_time", "Sun, 8 Sep 2013 11:19:12 -0400"),
        ("full", "Sunday, September 8, 2013 at 11:19:12 AM Eastern Daylight Time"),
        ("long", "September 8, 2013 at 11:19:12 AM EDT"),
        ("medium", "Sep 8, 2013, 11:19:12 AM"), ("short", "9/8/13, 11:19 AM"),
    ]) func `named forms`(name: String, text: String) throws {
        #expect(try DatePattern(name).text(of: moment) == text)
    }

    @Test(arguments: [
        ("yyyy-MM-dd HH:mm:ss", "2013-09-08 11:19:12"), ("yy y yyy yyyyy", "13 2013 2013 02013"),
        ("M MM MMM MMMM MMMMM", "9 09 Sep September S"),
        ("d dd D DDD", "8 08 251 251"), ("E EEE EEEE EEEEE e ee c", "Sun Sun Sunday S 1 01 1"),
        ("Q QQ QQQ QQQQ", "3 03 Q3 3rd quarter"),
        ("h hh a K k", "11 11 AM 11 11"), ("S SSS SSSSSS SSSSSSSSS", "1 123 123456 123456000"),
        ("A n N", "40752123 123456000 40752123456000"),
        ("X XX XXX XXXX XXXXX", "-04 -0400 -04:00 -0400 -04:00"), ("x xx xxx", "-04 -0400 -04:00"),
        ("Z ZZZ ZZZZ ZZZZZ", "-0400 -0400 GMT-04:00 -04:00"),
        ("O OOOO", "GMT-4 GMT-04:00"), ("VV z", "America/New_York EDT"), ("G GGGG", "AD Anno Domini"),
        ("w W Y YY", "37 2 2013 13"),
        ("'at' '' 'o''clock'", "at ' o'clock"), ("yyyy[-MM]", "2013-09"), ("B", "in the morning"), ("ppppd", "   8"),
        ("uuuu/LLLL", "2013/September"),
    ]) func `pattern letters`(pattern: String, text: String) throws {
        let result = try? DatePattern(pattern).text(of: moment)
        #expect(result == text)
    }

    @Test(arguments: ["b", "yyyy'", "]", "MMMMMM", "V", "VVV", "aaa", "{", "SSSSSSSSSS", "p", "i", "ddd"])
    func `what is no pattern`(text: String) {
        let problem = #expect(throws: Problem.self) { try DatePattern(text) }
        #expect(problem?.code == "date-pattern.invalid")
    }

    @Test(arguments: [
        ("MMMM dd, yyyy", "July 24, 2001", "2001-07-24T00:00Z[UTC]"),
        ("ddMMyyyy", "08092023", "2023-09-08T00:00Z[UTC]"),
        ("yyyyMMddHHmmssSSS", "20230908102030123", "2023-09-08T10:20:30.123Z[UTC]"),
        ("yyyy-MMMM-d", "2012-July-1", "2012-07-01T00:00Z[UTC]"),
        ("rfc_1123_date_time", "Tue, 08 Feb 2022 19:38:26 GMT", "2022-02-08T19:38:26Z"),
        ("rfc_1123_date_time", "8 Feb 2022 19:38 +0100", "2022-02-08T19:38+01:00"),
        ("M/d/yy h:mm a", "9/8/13 1:05 PM", "2013-09-08T13:05Z[UTC]"),
        ("yyyy-MM-dd HH", "2024-02-29 05", "2024-02-29T05:00Z[UTC]"),
        ("yyyy-MM-dd'T'HH:mm:ssX", "2024-02-29T05:06:07+02", "2024-02-29T05:06:07+02:00"),
        ("yyyy-MM-dd HH:mm VV", "2024-07-01 05:06 Europe/Paris", "2024-07-01T05:06+02:00[Europe/Paris]"),
        ("yyyy-MM-dd[ HH:mm]", "2024-07-01", "2024-07-01T00:00Z[UTC]"),
        ("yyyy-MM-dd[ HH:mm]", "2024-07-01 10:11", "2024-07-01T10:11Z[UTC]"),
        ("iso_week_date", "2013-W36-7", "2013-09-08T00:00Z[UTC]"),
        ("iso_ordinal_date", "2013-251", "2013-09-08T00:00Z[UTC]"),
        ("iso_instant", "2013-09-08T15:19:12.5Z", "2013-09-08T15:19:12.500Z"),
        ("yyyy-MM-dd", "2023-02-31", "2023-02-28T00:00Z[UTC]"),
        ("EEE MMM dd HH:mm:ss z yyyy", "Sun Sep 08 15:19:12 UTC 2013", "2013-09-08T15:19:12Z[UTC]"),
        ("sql", "2013-09-08 11:19:12.123456", "2013-09-08T11:19:12.123456Z[UTC]"),
        ("medium", "Sep 8, 2013, 11:19:12 AM", "2013-09-08T11:19:12Z[UTC]"),
        ("iso_local_date", "2024-02-29", "2024-02-29T00:00Z[UTC]"),
    ]) func `texts are read`(pattern: String, text: String, moment: String) throws {
        #expect(try DatePattern(pattern).read(text, in: .utc).description == moment)
    }

    @Test(arguments: [
        ("yyyy-MM-dd", "2024-13-01"), ("yyyy-MM-dd", "2024-1-01"), ("yyyy-MM-dd", "2024-01-01 "), ("yyyy", "2024"),
        ("HH:mm", "10:00"), ("MMM d yyyy", "july 1 2024"),
        ("EEE yyyy-MM-dd", "Mon 2024-07-02"), ("yyyy-MM-dd hh:mm a", "2024-07-02 13:00 PM"),
        ("yyyy-MM-dd HH:mm VV", "2024-07-01 05:06 Nowhere"), ("iso_week_date", "2013-W54-1"),
    ]) func `texts that have another form`(pattern: String, text: String) {
        #expect(throws: Problem.self) { try DatePattern(pattern).read(text, in: .utc) }
    }

    @Test(arguments: [
        "iso", "iso_zoned_date_time", "rfc_1123_date_time", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "EEEE, d MMMM yyyy hh:mm:ss a ZZZZ", "yyyyMMddHHmmssSSSZ", "yyyy-DDD HH:mm:ss x",
    ])
    func `what is written reads back the same`(pattern: String) throws {
        let form = try DatePattern(pattern)
        var chance = Seeded(UInt64(pattern.utf8.count))
        for _ in 0..<300 {
            let zone = try #require(Zone(offset: Int.random(in: -1000...1000, using: &chance) * 60))
            let seconds = Int64.random(in: -60_000_000_000...200_000_000_000, using: &chance)
            let moment = ZonedDateTime(
                Instant(seconds: seconds),
                in: pattern.contains("x") ? try #require(Zone(offset: zone.offset(at: 0) / 3600 * 3600)) : zone)
            let text = form.text(of: moment)
            #expect(try form.read(text, in: .utc).instant == moment.instant, "\(text)")
        }
    }

    @Test func `other languages`() throws {
        #expect(try DatePattern("EEEE d MMMM").text(of: moment, in: .named("de")) == "Sonntag 8 September")
        #expect(try DatePattern("EEEE d MMMM").text(of: moment, in: .named("fr_FR")) == "dimanche 8 septembre")
        #expect(
            try DatePattern("rfc_1123_date_time").text(of: moment, in: .named("fr")) == "Sun, 8 Sep 2013 11:19:12 -0400"
        )
        #expect(try DatePattern("short").text(of: moment, in: .named("de-DE")) == "08.09.13, 11:19")
        #expect(try DatePattern("w").text(of: moment, in: .named("de_DE")) == "36")
    }

    @Test(arguments: 1...200) func `no pattern and no text breaks anything`(seed: UInt64) {
        var chance = Seeded(seed)
        let letters = Array("yMdDhHKkmsSaAnNVzOXxZGBEecuQqLwWY'[]p -/:.b0")
        let pattern = String(
            (0..<Int.random(in: 0...12, using: &chance)).map { _ in letters.randomElement(using: &chance) ?? "y" })
        guard let form = try? DatePattern(pattern) else { return }
        let text = form.text(of: moment)
        _ = try? form.read(text, in: .utc)
        _ = try? form.read(chance.text(), in: .utc)
    }
}
