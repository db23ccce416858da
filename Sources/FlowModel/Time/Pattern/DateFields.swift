/// Weeks, quarters and the other numbers that patterns take out of a date.
extension LocalDate {
    /// The year to which a week belongs and its number there, for weeks that begin on `first` and belong to the year that
    /// has at least `least` of their days.
    func week(first: Weekday, least: Int) -> (year: Int, week: Int) {
        for candidate in [year + 1, year, year - 1] {
            let start = Self.firstWeek(of: candidate, first: first, least: least)
            if epochDay >= start { return (candidate, Int(epochDay - start) / 7 + 1) }
        }
        return (year, 1)
    }

    /// The first day of a year's first week, as days since 1970.
    static func firstWeek(of year: Int, first: Weekday, least: Int) -> Int64 {
        let newYear = LocalDate(trusted: year, 1, 1)
        let before = (newYear.dayOfWeek.number - first.number + 7) % 7
        let start = newYear.epochDay - Int64(before)
        return 7 - before >= least ? start : start + 7
    }

    /// The week of the month, 0 for days before the first one.
    func weekOfMonth(first: Weekday, least: Int) -> Int {
        let start = LocalDate(trusted: year, month, 1)
        let before = (start.dayOfWeek.number - first.number + 7) % 7
        let offset = 7 - before >= least ? 1 : 0
        return (day - 1 + before) / 7 + offset
    }
}

extension DatePattern.Field {
    func value(of moment: LocalDateTime, in language: DateLanguage) -> Int {
        let (date, time) = (moment.date, moment.time)
        return switch self {
        case .year: date.year
        case .yearOfEra: date.year > 0 ? date.year : 1 - date.year
        case .quarter: (date.month - 1) / 3 + 1
        case .month: date.month
        case .day: date.day
        case .dayOfYear: date.dayOfYear
        case .weekYear: date.week(first: language.firstDayOfWeek, least: language.leastDaysInWeek).year
        case .weekOfYear: date.week(first: language.firstDayOfWeek, least: language.leastDaysInWeek).week
        case .weekOfMonth: date.weekOfMonth(first: language.firstDayOfWeek, least: language.leastDaysInWeek)
        case .dayOfWeek: (date.dayOfWeek.number - language.firstDayOfWeek.number + 7) % 7 + 1
        case .isoWeekYear: date.week(first: .monday, least: 4).year
        case .isoWeek: date.week(first: .monday, least: 4).week
        case .isoDayOfWeek: date.dayOfWeek.number
        case .hour: time.hour
        case .clockHourOfDay: time.hour == 0 ? 24 : time.hour
        case .clockHour: time.hour % 12 == 0 ? 12 : time.hour % 12
        case .hourOfHalfDay: time.hour % 12
        case .halfDay: time.hour / 12
        case .minute: time.minute
        case .second: time.second
        case .nano: time.nano
        case .milliOfDay: Int(time.nanoOfDay / 1_000_000)
        case .nanoOfDay: Int(time.nanoOfDay)
        }
    }
}
