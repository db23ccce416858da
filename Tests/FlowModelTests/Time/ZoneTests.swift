import Foundation
import Testing

@testable import FlowModel

struct ZoneTests {
    private static let regions = [
        "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Africa/Casablanca", "Asia/Tehran",
        "Pacific/Apia", "Europe/Dublin", "America/St_Johns", "Pacific/Chatham", "Asia/Kathmandu", "America/Nuuk",
        "Antarctica/Troll", "Asia/Gaza",
        "UTC", "Europe/London", "America/Caracas", "Asia/Tokyo", "US/Pacific", "EST5EDT", "Etc/GMT+5",
    ]

    @Test(arguments: regions) func `offsets agree with Foundation`(id: String) throws {
        let (zone, oracle) = (try Zone(id), try #require(TimeZone(identifier: id)))
        var chance = Seeded(UInt64(id.hashValueOfText))
        for _ in 0..<2000 {
            // From 1970 to the end of 2037: beyond, Foundation's own data differ from system to system.
            let second = Int64.random(in: 0..<2_145_916_800, using: &chance)
            let offset = zone.offset(at: second)
            #expect(
                offset == oracle.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))), "\(id) at \(second)")
            let local = LocalDateTime(Instant(seconds: second), offset: offset)
            #expect(ZonedDateTime(local, in: zone, preferring: offset).instant.seconds == second, "\(id) at \(second)")
        }
    }

    @Test func `rules go on for ever`() throws {
        let paris = try Zone("Europe/Paris")
        #expect(ZonedDateTime(try Instant(iso: "2099-07-01T00:00:00Z"), in: paris).offset == 7200)
        #expect(ZonedDateTime(try Instant(iso: "2099-12-01T00:00:00Z"), in: paris).offset == 3600)
        #expect(
            ZonedDateTime(try Instant(iso: "9999-07-01T00:00:00Z"), in: try Zone("Australia/Sydney")).offset == 36_000)
        #expect(
            paris.nextTransition(after: try Instant(iso: "2024-01-01T00:00:00Z").seconds)
                == (try Instant(iso: "2024-03-31T01:00:00Z").seconds))
    }

    @Test(arguments: [
        ("2024-03-31T02:30", "2024-03-31T03:30+02:00"), ("2024-10-27T02:30", "2024-10-27T02:30+02:00"),
        ("2024-03-31T03:00", "2024-03-31T03:00+02:00"),
        ("2024-03-31T01:59:59", "2024-03-31T01:59:59+01:00"), ("2024-10-27T03:00", "2024-10-27T03:00+01:00"),
    ]) func `gaps move on and overlaps take the earlier moment`(local: String, zoned: String) throws {
        let moment = ZonedDateTime(try LocalDateTime(iso: local), in: try Zone("Europe/Paris"))
        #expect(moment.description == zoned + "[Europe/Paris]")
    }

    @Test func `an overlap keeps the offset that is preferred`() throws {
        let moment = ZonedDateTime(
            try LocalDateTime(iso: "2024-10-27T02:30"), in: try Zone("Europe/Paris"), preferring: 3600)
        #expect(moment.offset == 3600)
    }

    @Test(arguments: [
        ("Z", "Z"), ("+2", "+02:00"), ("-0330", "-03:30"), ("+01:02:03", "+01:02:03"), ("UTC", "UTC"),
        ("GMT+1", "GMT+01:00"), ("UTC+01:00", "UTC+01:00"),
        ("Europe/Paris", "Europe/Paris"), ("GMT", "GMT"), ("+00:00", "Z"), ("EST", "EST"), ("GMT0", "GMT0"),
    ]) func `names`(name: String, id: String) throws { #expect(try Zone(name).id == id) }

    @Test(arguments: [
        "", "Nowhere", "europe/paris", "../etc/passwd", "Europe", "posix/UTC", "+25:00", "+1:00", "+", "UTC+x",
        "Europe/Paris/", "tzdata.zi",
    ])
    func `names of no zone`(name: String) {
        let problem = #expect(throws: Problem.self) { try Zone(name) }
        #expect(problem?.code == "time.unknown-zone")
    }

    @Test func `abbreviations`() throws {
        let summer = try Instant(iso: "2024-07-01T00:00:00Z").seconds
        #expect(try Zone("Europe/Paris").abbreviation(at: summer) == "CEST")
        #expect(try Zone("America/New_York").abbreviation(at: summer) == "EDT")
        #expect(Zone.utc.abbreviation(at: summer) == "UTC")
        #expect(try Zone("Europe/Paris").isDaylightSaving(at: summer))
    }

    @Test func `without a database Foundation's rules are the same`() throws {
        let rules = try #require(ZoneRules.fromFoundation("Europe/Paris"))
        let paris = try Zone("Europe/Paris")
        for second in stride(from: Int64(0), to: 2_000_000_000, by: 1_234_567) {
            #expect(rules.period(at: second).offset == paris.offset(at: second))
        }
    }
}

extension String {
    fileprivate var hashValueOfText: UInt32 { utf8.reduce(5381) { $0 &* 33 &+ UInt32($1) } }
}
