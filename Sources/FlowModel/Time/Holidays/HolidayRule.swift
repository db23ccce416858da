/// When a public holiday falls in a year.
enum HolidayRule: Sendable {
    case fixed(month: Int, day: Int)
    /// Days after Easter Sunday of the western churches.
    case easter(Int)
    /// Days after Easter Sunday of the eastern churches.
    case orthodoxEaster(Int)
    /// The n-th weekday of a month; −1 is the last.
    case nth(Int, Weekday, month: Int)
    /// The first such weekday on or after a day.
    case onOrAfter(Weekday, month: Int, day: Int)
    /// A fixed day; moved to Monday where it falls on a weekend.
    case mondayised(month: Int, day: Int)
    /// A fixed day; Saturdays are kept on Friday and Sundays on Monday as well.
    case observed(month: Int, day: Int)

    func falls(on date: LocalDate) -> Bool {
        switch self {
        case .fixed(let month, let day): return date.month == month && date.day == day
        case .easter(let days): return date.epochDay == Self.easter(date.year) + Int64(days)
        case .orthodoxEaster(let days): return date.epochDay == Self.orthodoxEaster(date.year) + Int64(days)
        case .nth(let position, let weekday, let month):
            guard date.month == month, date.dayOfWeek == weekday else { return false }
            return position < 0 ? date.day + 7 > date.lengthOfMonth : (date.day - 1) / 7 + 1 == position
        case .onOrAfter(let weekday, let month, let day):
            let start = LocalDate(trusted: date.year, month, day).epochDay
            return date.dayOfWeek == weekday && start..<start + 7 ~= date.epochDay
        case .mondayised(let month, let day):
            return Self.near(date, month, day).contains { day in
                let distance: Int64 = day.dayOfWeek == .saturday ? 2 : day.dayOfWeek == .sunday ? 1 : 0
                return date.epochDay == day.epochDay + distance
            }
        case .observed(let month, let day):
            return Self.near(date, month, day).contains { day in
                let distance: Int64 = day.dayOfWeek == .saturday ? -1 : day.dayOfWeek == .sunday ? 1 : 0
                return date == day || date.epochDay == day.epochDay + distance
            }
        }
    }

    /// The day in the years around, because New Year may be observed in the old year.
    private static func near(_ date: LocalDate, _ month: Int, _ day: Int) -> [LocalDate] {
        (date.year - 1...date.year + 1).map { LocalDate(trusted: $0, month, day) }
    }

    /// Easter Sunday by the Gregorian reckoning (Meeus, Jones, Butcher), as days since 1970.
    static func easter(_ year: Int) -> Int64 {
        let golden = year % 19
        let (century, rest) = (year / 100, year % 100)
        let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7
        let correction = (golden + 11 * epact + 22 * weekday) / 451
        let days = epact + weekday - 7 * correction + 114
        return LocalDate(trusted: year, days / 31, days % 31 + 1).epochDay
    }

    /// Easter Sunday by the Julian reckoning, on the Gregorian calendar of 1900 … 2099, as days since 1970.
    static func orthodoxEaster(_ year: Int) -> Int64 {
        let moon = (19 * (year % 19) + 15) % 30
        let days = moon + (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7 + 114
        return LocalDate(trusted: year, days / 31, days % 31 + 1).epochDay + 13
    }
}
