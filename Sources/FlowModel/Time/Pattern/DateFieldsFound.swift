/// What a pattern found in a text, and the dates and times that follow from it.
struct DateFieldsFound {
    private var fields: [DatePattern.Field: Int] = [:]
    private var era: Int?
    private(set) var offset: Int?
    var zone: Zone?
    var instant: Instant?

    /// False when there is no such number, or the field was found before with another one.
    mutating func set(_ field: DatePattern.Field, _ number: Int) -> Bool {
        guard Self.range(of: field).contains(number) else { return false }
        if let before = fields[field], before != number { return false }
        fields[field] = number
        return true
    }

    private static func range(of field: DatePattern.Field) -> ClosedRange<Int> {
        switch field {
        case .month: 1...12
        case .day: 1...31
        case .dayOfYear: 1...366
        case .quarter: 1...4
        case .dayOfWeek, .isoDayOfWeek: 1...7
        case .hour: 0...23
        case .clockHourOfDay: 1...24
        case .clockHour: 1...12
        case .hourOfHalfDay: 0...11
        case .halfDay: 0...1
        case .minute, .second: 0...59
        case .nano: 0...999_999_999
        case .milliOfDay: 0...86_399_999
        case .nanoOfDay: 0...86_399_999_999_999
        default: LocalDate.years
        }
    }

    mutating func setEra(_ number: Int) -> Bool {
        era = number
        return true
    }

    mutating func setOffset(_ seconds: Int) -> Bool {
        if let offset, offset != seconds { return false }
        offset = seconds
        return true
    }

    /// Nil when the fields name no date. A day beyond the end of a month of fewer days is its last.
    var date: LocalDate? {
        guard let date = dateOfFields else { return nil }
        if let weekday = fields[.isoDayOfWeek], date.dayOfWeek.number != weekday { return nil }
        return date
    }

    private var year: Int? {
        fields[.year] ?? fields[.yearOfEra].flatMap { $0 >= 1 ? (era == 0 ? 1 - $0 : $0) : nil }
    }

    private var dateOfFields: LocalDate? {
        if let year, let month = fields[.month], let day = fields[.day] {
            return LocalDate(year: year, month: month, day: min(day, LocalDate.daysIn(month: month, ofYear: year)))
        }
        if let year, let day = fields[.dayOfYear] {
            guard 1...(LocalDate.isLeap(year) ? 366 : 365) ~= day, let start = LocalDate(year: year, month: 1, day: 1)
            else {
                return nil
            }
            return LocalDate(epochDay: start.epochDay + Int64(day - 1))
        }
        if let year = fields[.isoWeekYear] ?? fields[.weekYear], let week = fields[.isoWeek] ?? fields[.weekOfYear],
            let day = fields[.isoDayOfWeek], LocalDate.years.contains(year), 1...53 ~= week
        {
            let start = LocalDate.firstWeek(of: year, first: .monday, least: 4)
            let date = LocalDate(epochDay: start + Int64((week - 1) * 7 + day - 1))
            return date?.week(first: .monday, least: 4).year == year ? date : nil
        }
        return nil
    }

    /// Minutes, seconds and fractions that are not told are 0; nil without an hour.
    var time: LocalTime? {
        if let nano = fields[.nanoOfDay] { return LocalTime(trustedNanoOfDay: Int64(nano)) }
        if let milli = fields[.milliOfDay] { return LocalTime(trustedNanoOfDay: Int64(milli) * 1_000_000) }
        guard let hour else { return nil }
        let (minute, second, nano) = (fields[.minute], fields[.second], fields[.nano])
        if minute == nil, second != nil || nano != nil { return nil }
        return LocalTime(hour: hour, minute: minute ?? 0, second: second ?? 0, nano: nano ?? 0)
    }

    private var hour: Int? {
        if let hour = fields[.hour] { return hour }
        if let hour = fields[.clockHourOfDay] { return hour % 24 }
        guard let half = fields[.halfDay] else { return nil }
        if let hour = fields[.hourOfHalfDay] { return hour + half * 12 }
        return fields[.clockHour].map { $0 % 12 + half * 12 }
    }

    var local: LocalDateTime? { date.flatMap { date in time.map { date.at($0) } } }

    /// Needs a zone or an offset; with both the offset fixes the instant.
    var zoned: ZonedDateTime? {
        let fixed = offset.flatMap { Zone(offset: $0) }
        guard let zone = zone ?? fixed ?? (instant == nil ? nil : .zulu) else { return nil }
        if let instant { return ZonedDateTime(instant, in: zone) }
        guard let local else { return nil }
        if let offset { return ZonedDateTime(local.instant(offset: offset), in: zone) }
        return ZonedDateTime(local, in: zone)
    }
}

extension DatePattern {
    /// The moment that a text of this form tells: with zone or offset, else a date and time in `zone`, else a date at the
    /// start of that day in `zone`.
    /// - Throws: `time.unreadable`.
    public func read(_ text: String, in zone: Zone, language: DateLanguage = .english) throws(Problem) -> ZonedDateTime
    {
        guard let found = DatePatternReader.read(text, elements, isEnglish ? .english : language) else {
            throw Problem("time.unreadable", what: "Text '\(text)' could not be parsed with the given format")
        }
        if let zoned = found.zoned { return zoned }
        if let local = found.local { return ZonedDateTime(local, in: zone) }
        if let date = found.date { return ZonedDateTime(date.at(.midnight), in: zone) }
        throw Problem(
            "time.unreadable", what: "Text '\(text)' could not be parsed with the given format: it names no date")
    }
}
