import FlowModel

/// The search on a wall clock that is never set: seconds are counted from 1970-01-01T00:00 of that clock.
extension CronSchedule {
    /// How far the search goes: a 29 February may be eight years away.
    private static let monthsToSearch = 12 * 13

    /// The first second after `second` that fits; nil when there is none within 13 years (`0 0 30 2 *`).
    func nextLocal(after second: Int64) -> Int64? {
        let (day, secondOfDay) = (second + 1).dayAndSecond
        guard let date = LocalDate(epochDay: day) else { return nil }
        var month = CronMonth(of: date)
        var first = date.day
        for _ in 0..<Self.monthsToSearch {
            if months & (1 << UInt64(month.month)) != 0 {
                let fitting = fittingDays(of: month)
                while let day = fitting.firstBit(from: first) {
                    let isFirst = month.contains(date) && day == date.day
                    if let time = firstTime(from: isFirst ? secondOfDay : 0) {
                        return (month.firstDay + Int64(day - 1)) * 86_400 + Int64(time)
                    }
                    first = day + 1
                }
            }
            month.advance()
            first = 1
        }
        return nil
    }

    /// The last second before `second` that fits; nil when there is none within 13 years.
    func previousLocal(before second: Int64) -> Int64? {
        let (day, secondOfDay) = (second - 1).dayAndSecond
        guard let date = LocalDate(epochDay: day) else { return nil }
        var month = CronMonth(of: date)
        var last = date.day
        for _ in 0..<Self.monthsToSearch {
            if months & (1 << UInt64(month.month)) != 0 {
                let fitting = fittingDays(of: month)
                while let day = fitting.lastBit(to: last) {
                    let isFirst = month.contains(date) && day == date.day
                    if let time = lastTime(to: isFirst ? secondOfDay : 86_399) {
                        return (month.firstDay + Int64(day - 1)) * 86_400 + Int64(time)
                    }
                    last = day - 1
                }
            }
            month.goBack()
            last = 31
        }
        return nil
    }

    /// The days of a month that fit, as bits 1 … 31.
    private func fittingDays(of month: CronMonth) -> UInt64 {
        let inMonth: UInt64 = (1 << UInt64(month.length + 1)) - 2
        if !restrictsWeekdays { return days & inMonth }
        // The week turned so that bit 0 is the first of the month, then repeated five times.
        let first = UInt64((month.firstDay + 4).remainder(by: 7))
        let week = (weekdays >> first | weekdays << (7 - first)) & 0x7F
        let byWeekday = (week | week << 7 | week << 14 | week << 21 | week << 28) << 1 & inMonth
        return restrictsDays ? byWeekday | days & inMonth : byWeekday
    }

    /// The first second of a day, from `second` on, that fits.
    private func firstTime(from second: Int) -> Int? {
        let (hour, minute, rest) = (second / 3600, second / 60 % 60, second % 60)
        guard let foundHour = hours.firstBit(from: hour) else { return nil }
        let (firstMinute, firstSecond) = (minutes.trailingZeroBitCount, seconds.trailingZeroBitCount)
        if foundHour > hour { return foundHour * 3600 + firstMinute * 60 + firstSecond }
        if let foundMinute = minutes.firstBit(from: minute) {
            if foundMinute > minute { return hour * 3600 + foundMinute * 60 + firstSecond }
            if let foundSecond = seconds.firstBit(from: rest) { return hour * 3600 + minute * 60 + foundSecond }
            if let nextMinute = minutes.firstBit(from: minute + 1) {
                return hour * 3600 + nextMinute * 60 + firstSecond
            }
        }
        return hours.firstBit(from: hour + 1).map { $0 * 3600 + firstMinute * 60 + firstSecond }
    }

    /// The last second of a day, up to `second`, that fits.
    private func lastTime(to second: Int) -> Int? {
        let (hour, minute, rest) = (second / 3600, second / 60 % 60, second % 60)
        guard let foundHour = hours.lastBit(to: hour) else { return nil }
        let (lastMinute, lastSecond) = (63 - minutes.leadingZeroBitCount, 63 - seconds.leadingZeroBitCount)
        if foundHour < hour { return foundHour * 3600 + lastMinute * 60 + lastSecond }
        if let foundMinute = minutes.lastBit(to: minute) {
            if foundMinute < minute { return hour * 3600 + foundMinute * 60 + lastSecond }
            if let foundSecond = seconds.lastBit(to: rest) { return hour * 3600 + minute * 60 + foundSecond }
            if let before = minutes.lastBit(to: minute - 1) { return hour * 3600 + before * 60 + lastSecond }
        }
        return hours.lastBit(to: hour - 1).map { $0 * 3600 + lastMinute * 60 + lastSecond }
    }
}

/// A month with the day, since 1970, on which it begins.
private struct CronMonth {
    private(set) var year: Int
    private(set) var month: Int
    private(set) var firstDay: Int64

    init(of date: LocalDate) {
        year = date.year
        month = date.month
        firstDay = date.epochDay - Int64(date.day - 1)
    }

    var length: Int {
        switch month {
        case 2: LocalDate.isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    func contains(_ date: LocalDate) -> Bool { month == date.month && year == date.year }

    mutating func advance() {
        firstDay += Int64(length)
        month += 1
        if month > 12 { (month, year) = (1, year + 1) }
    }

    mutating func goBack() {
        month -= 1
        if month < 1 { (month, year) = (12, year - 1) }
        firstDay -= Int64(length)
    }
}

extension Int64 {
    /// What is left after dividing by a positive number; never negative.
    func remainder(by divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }

    /// Whole days since 1970, rounded down, and the second of the day.
    var dayAndSecond: (day: Int64, second: Int) {
        let second = remainder(by: 86_400)
        return ((self - second) / 86_400, Int(second))
    }
}
