/// The rule by which a region's clocks change year after year, as the POSIX `TZ` text `CET-1CEST,M3.5.0,M10.5.0/3` at
/// the end of a time zone file tells it.
struct RecurringRule: Sendable {
    typealias Period = ZoneRules.Period

    /// A day of the year and the second of that day, on the clock that is in force until then.
    struct Change: Sendable {
        enum Day: Sendable {
            /// 1 … 365, where 29 February is never counted.
            case julian(Int)
            /// 0 … 365, where it is.
            case dayOfYear(Int)
            /// Month, week 1 … 5 (5 = last), weekday 0 = Sunday.
            case weekday(month: Int, week: Int, day: Int)
        }

        var day: Day
        var second: Int
    }

    var standard: Period
    var daylight: Period?
    var (start, end): (Change?, Change?)

    func period(at second: Int64) -> Period? {
        guard let daylight, start != nil, end != nil else { return standard }
        guard let year = Self.year(of: second + Int64(standard.offset)) else { return standard }
        var current: Period?
        for change in changes(in: year - 1...year + 1) where change.moment <= second {
            current = change.toDaylight ? daylight : standard
        }
        return current ?? standard
    }

    func nextTransition(after second: Int64) -> Int64? {
        guard daylight != nil, let year = Self.year(of: second + Int64(standard.offset)) else { return nil }
        return changes(in: year - 1...year + 2).first { $0.moment > second }?.moment
    }

    /// The changes of some years, ascending.
    private func changes(in years: ClosedRange<Int>) -> [(moment: Int64, toDaylight: Bool)] {
        guard let daylight, let start, let end else { return [] }
        var all: [(moment: Int64, toDaylight: Bool)] = []
        for year in years {
            all.append((start.localSecond(in: year) - Int64(standard.offset), true))
            all.append((end.localSecond(in: year) - Int64(daylight.offset), false))
        }
        return all.sorted { ($0.moment, $0.toDaylight ? 1 : 0) < ($1.moment, $1.toDaylight ? 1 : 0) }
    }

    private static func year(of localSecond: Int64) -> Int? {
        LocalDate(epochDay: localSecond.flooredDivision(by: 86_400).quotient)?.year
    }
}

extension RecurringRule.Change {
    /// The moment in a year, in seconds since 1970 on the wall clock in force until then.
    func localSecond(in year: Int) -> Int64 { epochDay(in: year) * 86_400 + Int64(second) }

    private func epochDay(in year: Int) -> Int64 {
        let newYear = LocalDate(trusted: year, 1, 1).epochDay
        switch day {
        case .julian(let number):
            return newYear + Int64(number - 1 + (LocalDate.isLeap(year) && number >= 60 ? 1 : 0))
        case .dayOfYear(let number):
            return newYear + Int64(number)
        case .weekday(let month, let week, let day):
            let first = LocalDate(trusted: year, month, 1)
            let ahead = (day - first.dayOfWeek.number % 7 + 7) % 7
            var dayOfMonth = 1 + ahead + (week - 1) * 7
            if dayOfMonth > first.lengthOfMonth { dayOfMonth -= 7 }
            return first.epochDay + Int64(dayOfMonth - 1)
        }
    }
}

extension RecurringRule {
    /// Nil when the text is empty or none of the known form.
    init?(posix text: Substring) {
        var rest = text.utf8[...]
        guard let name = rest.takeZoneName(), let offset = rest.takeTime() else { return nil }
        standard = Period(offset: -offset, isDaylight: false, abbreviation: name)
        guard let daylightName = rest.takeZoneName() else {
            guard rest.isEmpty else { return nil }
            return
        }
        let daylightOffset = rest.first == UInt8(ascii: ",") ? offset - 3600 : rest.takeTime()
        guard let daylightOffset, let start = rest.takeChange(), let end = rest.takeChange(), rest.isEmpty else {
            return nil
        }
        daylight = Period(offset: -daylightOffset, isDaylight: true, abbreviation: daylightName)
        (self.start, self.end) = (start, end)
    }
}

extension Substring.UTF8View {
    fileprivate mutating func takeZoneName() -> String? {
        let isQuoted = first == UInt8(ascii: "<")
        let name = isQuoted ? dropFirst().prefix { $0 != UInt8(ascii: ">") } : prefix { $0.isASCIILetter }
        guard !name.isEmpty else { return nil }
        self = self[name.endIndex...].dropFirst(isQuoted ? 1 : 0)
        return String(Substring(name))
    }

    fileprivate mutating func takeNumber() -> Int? {
        let digits = prefix { 0x30...0x39 ~= $0 }
        self = self[digits.endIndex...]
        return Int(Substring(digits))
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard first == UInt8(ascii: character) else { return false }
        removeFirst()
        return true
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    fileprivate mutating func takeTime() -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard var seconds = takeNumber().map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where take(":") {
            guard let number = takeNumber() else { return nil }
            seconds += number * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// `,M3.5.0/2`, `,J60/2`, `,59/2`.
    fileprivate mutating func takeChange() -> RecurringRule.Change? {
        guard take(",") else { return nil }
        let day: RecurringRule.Change.Day
        if take("M") {
            guard let month = takeNumber(), take("."), let week = takeNumber(), take("."), let weekday = takeNumber(),
                1...12 ~= month, 1...5 ~= week, 0...6 ~= weekday
            else { return nil }
            day = .weekday(month: month, week: week, day: weekday)
        } else if take("J") {
            guard let number = takeNumber(), 1...365 ~= number else { return nil }
            day = .julian(number)
        } else {
            guard let number = takeNumber(), 0...365 ~= number else { return nil }
            day = .dayOfYear(number)
        }
        guard take("/") else { return RecurringRule.Change(day: day, second: 7200) }
        return takeTime().map { RecurringRule.Change(day: day, second: $0) }
    }
}

extension UInt8 {
    var isASCIILetter: Bool { 0x41...0x5A ~= self || 0x61...0x7A ~= self }
    var isASCIIDigit: Bool { 0x30...0x39 ~= self }
}
