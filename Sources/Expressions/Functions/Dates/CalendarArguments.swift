import FlowModel

/// How the calendar functions read their arguments. Source: expressions spec §14.3.
extension Arguments {
    /// The day on the wall clock that the argument itself names, without conversion to another zone, and its time where
    /// it has one. Instants are seen from the server's zone.
    func wallClock(_ position: Int, _ run: Rendering) throws(ExpressionError) -> (date: LocalDate, time: LocalTime?) {
        let value = try required(position)
        switch value {
        case .moment(.zoned(let zoned)): return (zoned.date, zoned.time)
        case .moment(.instant(let instant)), .moment(.legacy(let instant)):
            let zoned = ZonedDateTime(instant, in: run.world.timeZone)
            return (zoned.date, zoned.time)
        case .moment(.localDateTime(let local)): return (local.date, local.time)
        case .moment(.localDate(let date)): return (date, nil)
        case .string(let text):
            if let zoned = try? ZonedDateTime(iso: text) { return (zoned.date, zoned.time) }
            if let local = try? LocalDateTime(iso: text) { return (local.date, local.time) }
            if let date = try? LocalDate(iso: text) { return (date, nil) }
            throw unreadable(position, text)
        default:
            throw unreadable(position, try run.plainText(of: value))
        }
    }

    /// The instant that the argument names; without a zone it counts as UTC, a date as its midnight.
    func instant(_ position: Int, _ run: Rendering) throws(ExpressionError) -> Instant {
        let value = try required(position)
        switch value {
        case .moment(.localDate(let date)): return date.at(.midnight).instant(offset: 0)
        case .moment, .int: return try DateConversion.moment(value, in: .utc, existingFormat: nil).instant
        case .string(let text):
            if let moment = try? ZonedDateTime(reading: text, in: .utc) { return moment.instant }
            throw unreadable(position, text)
        default: throw unreadable(position, try run.plainText(of: value))
        }
    }

    func unreadable(_ position: Int, _ text: String) -> ExpressionError {
        .evaluation(
            "The '\(signature.name)' function could not parse '\(signature.parameters[position].name)': \(text)",
            hint: "write an ISO date such as 2024-02-29 or 2024-02-29T10:00:00Z")
    }

    /// A day of the week by its English name.
    func weekday(_ name: some StringProtocol) throws(ExpressionError) -> Weekday {
        let plain = String(name.filter { !$0.isWhitespace }).uppercased()
        if let day = Weekday(rawValue: plain) { return day }
        throw .evaluation(
            "The '\(signature.name)' function knows no day of the week '\(name)'", hint: "write MONDAY … SUNDAY")
    }
}
