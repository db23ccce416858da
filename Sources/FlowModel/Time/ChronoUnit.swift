/// A unit in which dates are moved. Source: expressions spec §10.3 (`dateAdd`).
public enum ChronoUnit: String, Sendable, CaseIterable {
    case nanos = "NANOS"
    case micros = "MICROS"
    case millis = "MILLIS"
    case seconds = "SECONDS"
    case minutes = "MINUTES"
    case hours = "HOURS"
    case halfDays = "HALF_DAYS"
    case days = "DAYS"
    case weeks = "WEEKS"
    case months = "MONTHS"
    case years = "YEARS"
    case decades = "DECADES"
    case centuries = "CENTURIES"
    case millennia = "MILLENNIA"

    /// Nanoseconds, for units that are exact lengths of time.
    var nanoseconds: Int128? {
        switch self {
        case .nanos: 1
        case .micros: 1000
        case .millis: 1_000_000
        case .seconds: 1_000_000_000
        case .minutes: 60_000_000_000
        case .hours: 3_600_000_000_000
        case .halfDays: 43_200_000_000_000
        default: nil
        }
    }

    /// Days or months, for units of the calendar.
    fileprivate var calendarLength: (days: Int64, months: Int64) {
        switch self {
        case .days: (1, 0)
        case .weeks: (7, 0)
        case .months: (0, 1)
        case .years: (0, 12)
        case .decades: (0, 120)
        case .centuries: (0, 1200)
        case .millennia: (0, 12_000)
        default: (0, 0)
        }
    }
}

extension Problem {
    static func dateOutOfRange(_ amount: Int64, _ unit: ChronoUnit) -> Problem {
        Problem("time.out-of-range", what: "adding \(amount) \(unit.rawValue) leaves the range of dates")
    }
}

/// Moving dates by an amount, which may be negative. All throw `time.out-of-range` beyond the years ±999,999,999.
extension LocalDate {
    /// Month ends are clipped: 31 January and a month is the last of February. Units of time are no part of a date:
    /// `time.unsupported-unit`.
    public func adding(_ amount: Int64, _ unit: ChronoUnit) throws(Problem) -> LocalDate {
        guard unit.nanoseconds == nil else {
            throw Problem("time.unsupported-unit", what: "a date without time cannot be moved by \(unit.rawValue)")
        }
        let (days, months) = unit.calendarLength
        if days != 0 {
            let (count, overflow) = amount.multipliedReportingOverflow(by: days)
            let (day, overflowToo) = epochDay.addingReportingOverflow(count)
            guard !overflow, !overflowToo, let date = LocalDate(epochDay: day) else {
                throw .dateOutOfRange(amount, unit)
            }
            return date
        }
        let (count, overflow) = amount.multipliedReportingOverflow(by: months)
        let (monthCount, overflowToo) = Int64(year * 12 + month - 1).addingReportingOverflow(count)
        let (newYear, newMonth) = monthCount.flooredDivision(by: 12)
        guard !overflow, !overflowToo, Self.years.contains(Int(newYear)) else { throw .dateOutOfRange(amount, unit) }
        let length = Self.daysIn(month: Int(newMonth) + 1, ofYear: Int(newYear))
        return LocalDate(trusted: Int(newYear), Int(newMonth) + 1, min(day, length))
    }
}

extension LocalDateTime {
    public func adding(_ amount: Int64, _ unit: ChronoUnit) throws(Problem) -> LocalDateTime {
        guard unit.nanoseconds != nil else { return LocalDateTime(date: try date.adding(amount, unit), time: time) }
        return LocalDateTime(try instant(offset: 0).adding(amount, unit), offset: 0)
    }
}

extension Instant {
    /// Days are 24 hours and weeks seven of them; months and longer are counted on the UTC calendar.
    public func adding(_ amount: Int64, _ unit: ChronoUnit) throws(Problem) -> Instant {
        guard let length = unit.nanoseconds else {
            return try LocalDateTime(self, offset: 0).adding(amount, unit).instant(offset: 0)
        }
        let total = Int128(seconds) * 1_000_000_000 + Int128(nanoseconds) + Int128(amount) * length
        let (second, nano) = total.flooredDivision(by: 1_000_000_000)
        guard let second = Int64(exactly: second),
            LocalDate.epochDays.contains(second.flooredDivision(by: 86_400).quotient)
        else { throw .dateOutOfRange(amount, unit) }
        return Instant(seconds: second, nanoseconds: Int32(nano))
    }
}

extension ZonedDateTime {
    /// Days and longer keep the wall time, also across a change of clocks (and the offset where it is still one of two);
    /// hours and shorter are exact.
    public func adding(_ amount: Int64, _ unit: ChronoUnit) throws(Problem) -> ZonedDateTime {
        guard unit.nanoseconds == nil else { return ZonedDateTime(try instant.adding(amount, unit), in: zone) }
        return ZonedDateTime(try local.adding(amount, unit), in: zone, preferring: offset)
    }
}
