import FlowModel

/// Attributes and methods of dates. Source: expressions spec §5.3.
enum MomentMembers {
    static func call(_ name: String, of moment: Moment, _ arguments: [Value]) -> Value? {
        switch arguments.count {
        case 0: withoutArguments(name, of: moment)
        case 1: Arithmetic.wholeNumber(arguments[0]).flatMap { shifted(name, moment, by: $0) }
        default: nil
        }
    }

    private static func withoutArguments(_ name: String, of moment: Moment) -> Value? {
        if name == "tostring" { return .string(moment.text()) }
        if let instant = moment.exactInstant {
            switch name {
            case "toinstant": return .moment(.instant(instant))
            case "toepochsecond", "epochsecond": return .int(instant.seconds)
            case "toepochmilli", "time": return .int(instant.milliseconds)
            default: break
            }
        }
        if let date = moment.date, let value = dateField(name, of: date) { return value }
        if let time = moment.time, let value = timeField(name, of: time) { return value }
        if name == "offset", case .zoned(let zoned) = moment {
            return .string(zoned.offset == 0 ? "Z" : Zone(offset: zoned.offset)?.id ?? "Z")
        }
        if name == "zone", case .zoned(let zoned) = moment { return .string(zoned.zone.id) }
        return nil
    }

    private static func dateField(_ name: String, of date: LocalDate) -> Value? {
        switch name {
        case "year": .int(Int64(date.year))
        case "monthvalue": .int(Int64(date.month))
        case "month": .string(monthNames[date.month - 1])
        case "dayofmonth": .int(Int64(date.day))
        case "dayofyear": .int(Int64(date.dayOfYear))
        case "dayofweek": .string(date.dayOfWeek.rawValue)
        case "leapyear": .bool(date.isLeapYear)
        case "tolocaldate": .moment(.localDate(date))
        case "toepochday": .int(date.epochDay)
        default: nil
        }
    }

    private static let monthNames = [
        "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
        "DECEMBER",
    ]

    private static func timeField(_ name: String, of time: LocalTime) -> Value? {
        switch name {
        case "hour": .int(Int64(time.hour))
        case "minute": .int(Int64(time.minute))
        case "second": .int(Int64(time.second))
        case "nano": .int(Int64(time.nano))
        default: nil
        }
    }

    /// `plusDays(n)`, `minusHours(n)` and so on.
    private static func shifted(_ name: String, _ moment: Moment, by amount: Int64) -> Value? {
        let sign: Int64
        let unitName: Substring
        if name.hasPrefix("plus") {
            (sign, unitName) = (1, name.dropFirst(4))
        } else if name.hasPrefix("minus") {
            (sign, unitName) = (-1, name.dropFirst(5))
        } else {
            return nil
        }
        let (count, overflow) = amount.multipliedReportingOverflow(by: sign)
        guard !overflow, let unit = ChronoUnit(rawValue: unitName.uppercased()) else { return nil }
        return (try? added(count, unit, to: moment)).map { .moment($0) }
    }

    private static func added(_ count: Int64, _ unit: ChronoUnit, to moment: Moment) throws(Problem) -> Moment {
        switch moment {
        case .zoned(let zoned): .zoned(try zoned.adding(count, unit))
        case .instant(let instant): .instant(try instant.adding(count, unit))
        case .localDateTime(let local): .localDateTime(try local.adding(count, unit))
        case .localDate(let date): .localDate(try date.adding(count, unit))
        case .legacy(let instant): .legacy(try instant.adding(count, unit))
        }
    }
}

extension Moment {
    fileprivate var exactInstant: Instant? {
        switch self {
        case .zoned(let zoned): zoned.instant
        case .instant(let instant), .legacy(let instant): instant
        case .localDateTime, .localDate: nil
        }
    }

    fileprivate var date: LocalDate? {
        switch self {
        case .zoned(let zoned): zoned.date
        case .localDateTime(let local): local.date
        case .localDate(let date): date
        case .instant, .legacy: nil
        }
    }

    fileprivate var time: LocalTime? {
        switch self {
        case .zoned(let zoned): zoned.time
        case .localDateTime(let local): local.time
        case .instant, .localDate, .legacy: nil
        }
    }
}
