import FlowModel
import Testing

@testable import EngineCore

struct Firing: Sendable, CustomTestStringConvertible {
    var cron: String
    var after: String
    var next: [String]
    var zone = "UTC"
    var withSeconds = false

    var testDescription: String { "\(cron) after \(after) in \(zone)" }
}

@Test(arguments: [
    Firing(
        cron: "0 0 1 * *", after: "2024-01-01T00:00:00Z",
        next: ["2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]),
    Firing(
        cron: "* * * * *", after: "2024-01-01T00:00:00Z",
        next: ["2024-01-01T00:01:00.000Z", "2024-01-01T00:02:00.000Z"]),
    Firing(
        cron: "* * * * * *", after: "2024-01-01T00:00:58.500Z",
        next: ["2024-01-01T00:00:59.000Z", "2024-01-01T00:01:00.000Z"],
        withSeconds: true),
    Firing(cron: "@hourly", after: "2024-01-01T00:10:00Z", next: ["2024-01-01T01:00:00.000Z"]),
    Firing(cron: "@weekly", after: "2024-01-01T00:10:00Z", next: ["2024-01-07T00:00:00.000Z"]),
    Firing(
        cron: "0 12 * * 7", after: "2024-01-01T00:00:00Z",
        next: ["2024-01-07T12:00:00.000Z", "2024-01-14T12:00:00.000Z"]),
    Firing(
        cron: "0 0 * * FRI-SUN", after: "2024-01-01T00:00:00Z",
        next: [
            "2024-01-05T00:00:00.000Z", "2024-01-06T00:00:00.000Z", "2024-01-07T00:00:00.000Z",
            "2024-01-12T00:00:00.000Z",
        ]),
    Firing(
        cron: "0 0 13 * 5", after: "2024-01-01T00:00:00Z",
        next: [
            "2024-01-05T00:00:00.000Z", "2024-01-12T00:00:00.000Z", "2024-01-13T00:00:00.000Z",
        ]),
    Firing(
        cron: "10/20 8-9 * jan mon", after: "2024-01-01T08:20:00Z",
        next: [
            "2024-01-01T08:30:00.000Z", "2024-01-01T08:50:00.000Z", "2024-01-01T09:10:00.000Z",
        ]),
    Firing(cron: "0 0 29 2 *", after: "2096-03-01T00:00:00Z", next: ["2104-02-29T00:00:00.000Z"]),
    Firing(cron: "0 0 30 2 *", after: "2024-01-01T00:00:00Z", next: []),
    Firing(
        cron: "12 9 1 * *", after: "2024-02-15T00:00:00Z",
        next: ["2024-03-01T14:12:00.000Z", "2024-04-01T13:12:00.000Z"], zone: "America/New_York"),
    // Clocks go from 02:00 to 03:00 in Paris on 31 March 2024.
    Firing(
        cron: "30 2 * * *", after: "2024-03-30T12:00:00Z",
        next: ["2024-03-31T01:00:00.000Z", "2024-04-01T00:30:00.000Z"], zone: "Europe/Paris"),
    Firing(
        cron: "*/20 2 * * *", after: "2024-03-30T12:00:00Z",
        next: ["2024-03-31T01:00:00.000Z", "2024-04-01T00:00:00.000Z"], zone: "Europe/Paris"),
    Firing(
        cron: "30 * * * *", after: "2024-03-31T00:00:00Z",
        next: ["2024-03-31T00:30:00.000Z", "2024-03-31T01:30:00.000Z"], zone: "Europe/Paris"),
    // And from 03:00 back to 02:00 on 27 October.
    Firing(
        cron: "30 2 * * *", after: "2024-10-26T12:00:00Z",
        next: ["2024-10-27T00:30:00.000Z", "2024-10-28T01:30:00.000Z"], zone: "Europe/Paris"),
    Firing(
        cron: "30 * * * *", after: "2024-10-27T00:00:00Z",
        next: ["2024-10-27T00:30:00.000Z", "2024-10-27T01:30:00.000Z", "2024-10-27T02:30:00.000Z"], zone: "Europe/Paris"
    ),
    Firing(
        cron: "*/30 2-3 * * *", after: "2024-10-27T00:45:00Z",
        next: ["2024-10-27T02:00:00.000Z", "2024-10-27T02:30:00.000Z"], zone: "Europe/Paris"),
    // A whole day was skipped in Samoa, 30 December 2011.
    Firing(
        cron: "0 12 * * *", after: "2011-12-29T12:00:00Z",
        next: ["2011-12-29T22:00:00.000Z", "2011-12-30T10:00:00.000Z", "2011-12-30T22:00:00.000Z"], zone: "Pacific/Apia"
    ),
]) func `a schedule fires when its expression says`(_ firing: Firing) throws {
    let schedule = try CronSchedule(firing.cron, withSeconds: firing.withSeconds)
    let found = schedule.firings(
        after: try Timestamp(iso: firing.after), in: try Zone(firing.zone), limit: max(firing.next.count, 1))
    #expect(found.map(\.iso) == firing.next)
}

@Test(arguments: [
    ("", "it has 0 fields where 5 are expected"),
    ("0 0 * * * *", "it has 6 fields where 5 are expected"),
    ("60 * * * *", "60 is no minute: it must be from 0 to 59"),
    ("* * 0 * *", "0 is no day of month"),
    ("* * * 13 *", "13 is no month"),
    ("* * * * 8", "8 is no day of week"),
    ("0 0 * * ?", "`?` is not accepted in the day of week field"),
    ("10-5 * * * *", "the range `10-5` in the minute field goes backwards"),
    ("*/0 * * * *", "the step of `*/0`"), ("*/90 * * * *", "the step of `*/90`"),
    ("1,,2 * * * *", "has an empty element"), ("0 0 L * *", "`L` is no day of month"),
    ("@often", "there is no nickname @often"), ("1-2-3 * * * *", "is no range"), ("{{ inputs.x }}", "it has 3 fields"),
    ("-1 * * * *", "is no minute"), ("99999999999999999999 * * * *", "is no minute"),
]) func `a bad expression is refused with its reason`(cron: String, reason: String) {
    let problem = #expect(throws: Problem.self) { try CronSchedule(cron) }
    #expect(problem?.what.hasPrefix("invalid cron expression '\(cron)': ") == true)
    #expect(problem?.what.contains(reason) == true, "\(problem?.what ?? "")")
}

@Test(arguments: [
    ("30 8 * * 1-5", "At 08:30, Monday to Friday"), ("* * * * *", "Every minute"), ("*/15 * * * *", "Every 15 minutes"),
    ("0 * * * *", "Every hour"), ("5 * * * *", "At minute 5 of every hour"),
    ("0 6,18 * * *", "At 06:00 and 18:00, every day"),
    ("0 */4 * * *", "Every 4 hours, every day"), ("@monthly", "At 00:00, on day 1 of the month"),
    ("0 0 1 1,7 *", "At 00:00, on day 1 of the month, in January and July"),
    ("0 0 13 * FRI", "At 00:00, on day 13 of the month or Friday"),
    ("*/10 9-17 * * *", "Every 10 minutes of hour 9 to 17, every day"),
]) func `a schedule is told in words`(cron: String, words: String) throws {
    #expect(try CronSchedule(cron).words == words)
}

/// The slow way to know when a schedule fires: every minute is looked at.
private struct MinuteWalk {
    let fields: CronFields
    let zone: Zone

    private func allows(_ field: CronField, _ number: Int) -> Bool {
        field.items.contains { $0.values.contains(number) }
    }

    private func fits(_ local: LocalDateTime) -> Bool {
        let weekday = local.date.dayOfWeek.number
        let byWeekday = allows(fields.weekday, weekday) || weekday == 7 && allows(fields.weekday, 0)
        let byDay = allows(fields.day, local.date.day)
        let day = fields.day.isRestricted && fields.weekday.isRestricted ? byDay || byWeekday : byDay && byWeekday
        return day && allows(fields.month, local.date.month) && allows(fields.hour, local.time.hour)
            && allows(fields.minute, local.time.minute)
    }

    func firings(from start: Int64, to end: Int64) -> [Int64] {
        let everyHour = (0...23).allSatisfy { allows(fields.hour, $0) }
        var found: [Int64] = []
        var latest = Int64.min
        for moment in stride(from: start - 86_400 * 2, to: end, by: 60) {
            let offset = zone.offset(at: moment)
            let jump = offset - zone.offset(at: moment - 60)
            let local = moment + Int64(offset)
            var fires = fits(LocalDateTime(Instant(seconds: moment), offset: offset))
            if !everyHour {
                if local <= latest { fires = false }
                if jump > 0 {
                    for skipped in stride(from: local - Int64(jump), to: local, by: 60) {
                        fires = fires || fits(LocalDateTime(Instant(seconds: skipped), offset: 0))
                    }
                }
            }
            latest = max(latest, local)
            if fires, moment > start { found.append(moment) }
        }
        return found
    }
}

private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func field(_ range: ClosedRange<Int>) -> String {
        let (one, other) = (Int.random(in: range, using: &self), Int.random(in: range, using: &self))
        let step = Int.random(in: 1...max(1, range.upperBound / 3), using: &self)
        switch Int.random(in: 0...7, using: &self) {
        case 0...2: return "*"
        case 3: return "*/\(step)"
        case 4: return "\(min(one, other))-\(max(one, other))"
        case 5: return "\(one),\(other)"
        case 6: return "\(min(one, other))-\(max(one, other))/\(step)"
        default: return "\(one)"
        }
    }
}

@Test(arguments: 1...120) func `the search finds what a walk over all minutes finds`(seed: Int) throws {
    var chance = Dice(state: UInt64(seed))
    let zones = ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"]
    let zone = try Zone(zones[seed % zones.count])
    let cron = [0...59, 0...23, 1...31, 1...12, 0...7].map { chance.field($0) }.joined(separator: " ")
    let schedule = try CronSchedule(cron)
    let changes: [Int64] = [
        1_711_846_800, 1_729_990_800, 1_710_054_000, 1_730_613_600, 1_712_415_600, 1_325_239_200, 1_700_000_040,
    ]
    let start =
        changes[Int.random(in: 0..<changes.count, using: &chance)] - 86_400 * Int64.random(in: 0...3, using: &chance)
    let end = start + 86_400 * 5
    let expected = MinuteWalk(fields: try CronParser(text: cron, withSeconds: false).fields(), zone: zone).firings(
        from: start, to: end)
    var found: [Int64] = []
    var moment = Timestamp(milliseconds: start * 1000)
    while let next = schedule.next(after: moment, in: zone), next.milliseconds < end * 1000 {
        found.append(next.milliseconds / 1000)
        moment = next
    }
    #expect(found == expected, "\(cron) in \(zone) from \(start)")
    var backward: [Int64] = []
    moment = Timestamp(milliseconds: end * 1000)
    while let previous = schedule.previous(before: moment, in: zone), previous.milliseconds > start * 1000 {
        backward.append(previous.milliseconds / 1000)
        moment = previous
    }
    #expect(backward.reversed() == expected, "\(cron) backwards in \(zone) from \(start)")
}
