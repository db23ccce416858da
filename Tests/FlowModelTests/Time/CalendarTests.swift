import Testing

@testable import FlowModel

struct CalendarTests {
    @Test func `days follow one another over 800 years`() throws {
        var day = try #require(LocalDate(year: 1599, month: 12, day: 31))
        for epochDay in (day.epochDay + 1)..<(day.epochDay + 292_195) {
            let next = try #require(LocalDate(epochDay: epochDay))
            let isNextDay = next.day == day.day + 1 && next.month == day.month && next.year == day.year
            let isNextMonth =
                next.day == 1 && day.day == day.lengthOfMonth
                && (next.year * 12 + next.month) == (day.year * 12 + day.month + 1)
            if !(isNextDay || isNextMonth) || next.epochDay != epochDay
                || next.dayOfWeek.number != day.dayOfWeek.number % 7 + 1
            {
                Issue.record("\(day) is followed by \(next)")
            }
            day = next
        }
    }

    @Test func `known days`() throws {
        #expect(try LocalDate(iso: "1970-01-01").epochDay == 0)
        #expect(try LocalDate(iso: "2013-09-08").dayOfWeek == .sunday)
        #expect(try LocalDate(iso: "2013-09-08").dayOfYear == 251)
        #expect(LocalDate(year: 2023, month: 2, day: 29) == nil)
        #expect(LocalDate(epochDay: .max) == nil)
    }

    @Test(arguments: [
        ("2024-01-31T00:00Z", 1, ChronoUnit.months, "2024-02-29T00:00Z"),
        ("2024-02-29T00:00Z", 1, .years, "2025-02-28T00:00Z"),
        ("2024-03-30T02:30+01:00[Europe/Paris]", 1, .days, "2024-03-31T03:30+02:00[Europe/Paris]"),
        ("2024-03-30T02:30+01:00[Europe/Paris]", 24, .hours, "2024-03-31T03:30+02:00[Europe/Paris]"),
        ("2024-03-30T12:00+01:00[Europe/Paris]", 1, .days, "2024-03-31T12:00+02:00[Europe/Paris]"),
        ("2024-03-30T12:00+01:00[Europe/Paris]", 24, .hours, "2024-03-31T13:00+02:00[Europe/Paris]"),
        ("2013-09-08T15:19:12Z", -36, .hours, "2013-09-07T03:19:12Z"),
        ("2013-09-08T15:19:12Z", 1, .nanos, "2013-09-08T15:19:12.000000001Z"),
        ("2013-09-08T15:19:12Z", 1, .halfDays, "2013-09-09T03:19:12Z"),
        ("2013-09-08T15:19:12Z", -1, .centuries, "1913-09-08T15:19:12Z"),
        ("2013-09-08T15:19:12Z", 2, .weeks, "2013-09-22T15:19:12Z"),
        ("2013-09-08T15:19:12Z", -21, .months, "2011-12-08T15:19:12Z"),
    ]) func `dates are moved`(start: String, amount: Int64, unit: ChronoUnit, end: String) throws {
        #expect(try ZonedDateTime(iso: start).adding(amount, unit).description == end)
    }

    @Test(arguments: ChronoUnit.allCases) func `amounts beyond all dates are refused`(unit: ChronoUnit) throws {
        let start = try ZonedDateTime(iso: "2024-03-30T12:00+01:00[Europe/Paris]")
        for amount in [Int64.max, .min] where unit != .nanos && unit != .micros && unit != .millis {
            #expect(throws: Problem.self) { try start.adding(amount, unit) }
        }
        _ = try? start.adding(.max, unit)
    }

    @Test(arguments: [
        (ChronoUnit.hours, "2013-09-08T16:00+02:00"), (.days, "2013-09-08T00:00+02:00"),
        (.weeks, "2013-09-02T00:00+02:00"),
        (.months, "2013-09-01T00:00+02:00"), (.years, "2013-01-01T00:00+01:00"),
        (.millis, "2013-09-08T16:19:12.123+02:00"),
        (.halfDays, "2013-09-08T12:00+02:00"), (.decades, "2010-01-01T00:00+01:00"),
    ]) func `moments are cut down`(unit: ChronoUnit, text: String) throws {
        let moment = try ZonedDateTime(iso: "2013-09-08T16:19:12.123456+02:00[Europe/Paris]")
        #expect(moment.truncated(to: unit).description == text + "[Europe/Paris]")
    }
}
