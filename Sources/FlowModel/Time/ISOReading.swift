/// Dates and times from ISO 8601 texts; each throws `time.unreadable` for any other text.
extension Problem {
    static func unreadable(_ text: String, as kind: String, example: String) -> Problem {
        Problem("time.unreadable", what: "\"\(text)\" is not \(kind)", fix: "write it like \(example)")
    }
}

extension LocalDate {
    /// `2024-02-29`.
    public init(iso text: String) throws(Problem) {
        var scanner = ISOScanner(text)
        guard let date = scanner.date(), scanner.isAtEnd else {
            throw .unreadable(text, as: "a date", example: "2024-02-29")
        }
        self = date
    }
}

extension LocalTime {
    /// `16:19`, `16:19:12`, `16:19:12.5`.
    public init(iso text: String) throws(Problem) {
        var scanner = ISOScanner(text)
        guard let time = scanner.time(), scanner.isAtEnd else {
            throw .unreadable(text, as: "a time of day", example: "16:19:12")
        }
        self = time
    }
}

extension LocalDateTime {
    /// `2013-09-08T16:19:12.5`, seconds optional.
    public init(iso text: String) throws(Problem) {
        var scanner = ISOScanner(text)
        guard let local = scanner.localDateTime(), scanner.isAtEnd else {
            throw .unreadable(text, as: "a date and time without zone", example: "2013-09-08T16:19:12")
        }
        self = local
    }
}

extension ZonedDateTime {
    /// `2013-09-08T17:19:12+02:00[Europe/Paris]`: seconds and region optional, the offset not. With a region the offset
    /// fixes the instant, and the region says from where it is seen.
    public init(iso text: String) throws(Problem) {
        var scanner = ISOScanner(text)
        let (local, offset, region) = (scanner.localDateTime(), scanner.offset(), scanner.region())
        guard let local, let offset, let fixed = Zone(offset: offset), scanner.isAtEnd else {
            throw .unreadable(text, as: "a date and time with offset", example: "2013-09-08T17:19:12+02:00")
        }
        switch region {
        case .none: self.init(local.instant(offset: offset), in: fixed)
        case .zone(let zone): self.init(local.instant(offset: offset), in: zone)
        case .wrong:
            throw .unreadable(text, as: "a date in a known zone", example: "2013-09-08T17:19:12+02:00[Europe/Paris]")
        }
    }

    /// The three steps in which expressions read a text: with offset, else a date and time in `zone`, else a date at the
    /// start of that day in `zone`. Source: expressions spec §10.3.
    public init(reading text: String, in zone: Zone) throws(Problem) {
        if let zoned = try? ZonedDateTime(iso: text) {
            self = zoned
        } else if let local = try? LocalDateTime(iso: text) {
            self.init(local, in: zone)
        } else if let date = try? LocalDate(iso: text) {
            self.init(date.at(.midnight), in: zone)
        } else {
            throw .unreadable(
                text, as: "a date", example: "2013-09-08T17:19:12+02:00, 2013-09-08T17:19:12 or 2013-09-08")
        }
    }
}

extension Instant {
    /// `2019-10-06T18:27:49Z`, or with another offset.
    public init(iso text: String) throws(Problem) {
        var scanner = ISOScanner(text)
        guard let local = scanner.localDateTime(), let offset = scanner.offset(), scanner.isAtEnd else {
            throw .unreadable(text, as: "an instant", example: "2019-10-06T18:27:49Z")
        }
        self = local.instant(offset: offset)
    }
}

extension Timestamp: CustomStringConvertible {
    /// `2024-01-01T00:00:00.000Z`: always three digits behind the point.
    public var iso: String {
        let (second, millisecond) = milliseconds.flooredDivision(by: 1000)
        let (day, secondOfDay) = second.flooredDivision(by: 86_400)
        return .ascii { bytes in
            bytes.append(LocalDate(trustedEpochDay: day))
            bytes.append(UInt8(ascii: "T"))
            bytes.append(LocalTime(trustedSecondOfDay: Int(secondOfDay), nano: 0), alwaysSeconds: true)
            bytes.append(UInt8(ascii: "."))
            bytes.appendPadded(Int(millisecond), width: 3)
            bytes.append(UInt8(ascii: "Z"))
        }
    }

    public var description: String { iso }

    /// `2024-01-01T00:00:00.000Z` or any ISO date and time with an offset; finer than milliseconds is cut off.
    /// - Throws: `time.unreadable`.
    public init(iso text: String) throws(Problem) { self = try Instant(iso: text).timestamp }
}
