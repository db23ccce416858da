extension LocalTime {
    /// Cut down to whole units up to half days; longer ones give midnight.
    public func truncated(to unit: ChronoUnit) -> LocalTime {
        guard let length = unit.nanoseconds else { return .midnight }
        return LocalTime(trustedNanoOfDay: nanoOfDay - nanoOfDay % Int64(length))
    }
}

extension LocalDateTime {
    /// Cut down on the wall clock: to days and shorter by time, to weeks (from Monday), months, years and longer by date.
    public func truncated(to unit: ChronoUnit) -> LocalDateTime {
        LocalDateTime(date: date.truncated(to: unit), time: time.truncated(to: unit))
    }
}

extension LocalDate {
    public func truncated(to unit: ChronoUnit) -> LocalDate {
        func start(ofYears count: Int) -> LocalDate {
            LocalDate(trusted: year - year.flooredDivision(by: count).remainder, 1, 1)
        }
        return switch unit {
        case .weeks: LocalDate(epochDay: epochDay - Int64(dayOfWeek.number - 1)) ?? self
        case .months: LocalDate(trusted: year, month, 1)
        case .years: start(ofYears: 1)
        case .decades: start(ofYears: 10)
        case .centuries: start(ofYears: 100)
        case .millennia: start(ofYears: 1000)
        default: self
        }
    }
}

extension ZonedDateTime {
    public func truncated(to unit: ChronoUnit) -> ZonedDateTime {
        ZonedDateTime(local.truncated(to: unit), in: zone, preferring: offset)
    }
}
