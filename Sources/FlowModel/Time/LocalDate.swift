/// A day of the proleptic Gregorian calendar, in no zone. Years −999,999,999 … 999,999,999.
public struct LocalDate: Sendable, Hashable, Comparable {
    private let storedYear: Int32
    private let storedMonth: UInt8
    private let storedDay: UInt8

    public var year: Int { Int(storedYear) }
    /// 1 … 12.
    public var month: Int { Int(storedMonth) }
    /// 1 … 31.
    public var day: Int { Int(storedDay) }

    public static let years = -999_999_999...999_999_999
    static let epochDays =
        LocalDate(trusted: years.lowerBound, 1, 1).epochDay...LocalDate(trusted: years.upperBound, 12, 31).epochDay

    /// Nil when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard Self.years.contains(year), 1...12 ~= month, day >= 1,
            day <= Self.daysIn(month: month, ofYear: year)
        else { return nil }
        self.init(trusted: year, month, day)
    }

    /// The day that lies `epochDay` days after 1970-01-01; nil outside the range of years.
    public init?(epochDay: Int64) {
        guard Self.epochDays.contains(epochDay) else { return nil }
        self.init(trustedEpochDay: epochDay)
    }

    init(trusted year: Int, _ month: Int, _ day: Int) {
        storedYear = Int32(truncatingIfNeeded: year)
        storedMonth = UInt8(truncatingIfNeeded: month)
        storedDay = UInt8(truncatingIfNeeded: day)
    }

    /// Counts in years that begin in March, so that a leap day is the last of its year, and in eras of 400 years.
    init(trustedEpochDay epochDay: Int64) {
        let (era, dayOfEra) = (Int(epochDay) + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.init(
            trusted: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// Days since 1970-01-01.
    public var epochDay: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = marchYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }

    public var dayOfWeek: Weekday { Weekday(number: Int((epochDay + 3).flooredDivision(by: 7).remainder) + 1) }

    /// 1 … 366.
    public var dayOfYear: Int { Int(epochDay - LocalDate(trusted: year, 1, 1).epochDay) + 1 }

    /// 28 … 31.
    public var lengthOfMonth: Int { Self.daysIn(month: month, ofYear: year) }

    public var isLeapYear: Bool { Self.isLeap(year) }

    public func at(_ time: LocalTime) -> LocalDateTime { LocalDateTime(date: self, time: time) }

    public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func daysIn(month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    public static func < (one: LocalDate, other: LocalDate) -> Bool {
        (one.storedYear, one.storedMonth, one.storedDay) < (other.storedYear, other.storedMonth, other.storedDay)
    }
}

/// A day of the week; the raw value is its upper-case English name.
public enum Weekday: String, Sendable, Hashable, CaseIterable {
    case monday = "MONDAY"
    case tuesday = "TUESDAY"
    case wednesday = "WEDNESDAY"
    case thursday = "THURSDAY"
    case friday = "FRIDAY"
    case saturday = "SATURDAY"
    case sunday = "SUNDAY"

    /// 1 = Monday … 7 = Sunday; other numbers count on around the week.
    public init(number: Int) {
        self = Self.allCases[(number - 1).flooredDivision(by: 7).remainder]
    }

    /// 1 = Monday … 7 = Sunday.
    public var number: Int {
        switch self {
        case .monday: 1
        case .tuesday: 2
        case .wednesday: 3
        case .thursday: 4
        case .friday: 5
        case .saturday: 6
        case .sunday: 7
        }
    }
}
