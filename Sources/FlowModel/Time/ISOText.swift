/// Pieces of ISO 8601 texts, written as ASCII bytes.
extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The digits of a number that is not negative, with zeros in front up to `width`.
    mutating func appendPadded(_ number: Int, width: Int) {
        if width == 2, number < 100 {
            append(UInt8(0x30 + number / 10))
            append(UInt8(0x30 + number % 10))
            return
        }
        var power = 1
        for _ in 1..<Swift.max(width, 1) { power *= 10 }
        while number / power >= 10 { power *= 10 }
        while power > 0 {
            append(UInt8(0x30 + number / power % 10))
            power /= 10
        }
    }

    /// `.123`, `.123456` or `.123456789`; nothing for 0.
    mutating func appendFractionInThrees(_ nano: Int) {
        if nano == 0 { return }
        append(UInt8(ascii: "."))
        if nano % 1_000_000 == 0 {
            appendPadded(nano / 1_000_000, width: 3)
        } else if nano % 1000 == 0 {
            appendPadded(nano / 1000, width: 6)
        } else {
            appendPadded(nano, width: 9)
        }
    }

    /// `.1` … `.123456789` without zeros at the end; nothing for 0.
    mutating func appendFraction(_ nano: Int) {
        if nano == 0 { return }
        append(UInt8(ascii: "."))
        appendPadded(nano, width: 9)
        while last == UInt8(ascii: "0") { removeLast() }
    }

    /// `+02:00`, `+01:23:45`; `+00:00` for 0.
    mutating func appendOffset(_ offset: Int, colon: Bool) {
        let seconds = abs(offset)
        append(UInt8(ascii: offset < 0 ? "-" : "+"))
        appendPadded(seconds / 3600, width: 2)
        if colon { append(UInt8(ascii: ":")) }
        appendPadded(seconds / 60 % 60, width: 2)
        if seconds % 60 != 0 {
            if colon { append(UInt8(ascii: ":")) }
            appendPadded(seconds % 60, width: 2)
        }
    }

    /// `2024-02-29`; years beyond four digits with a sign.
    mutating func append(_ date: LocalDate) {
        let year = date.year
        if year > 9999 { append(UInt8(ascii: "+")) }
        if year < 0 { append(UInt8(ascii: "-")) }
        appendPadded(abs(year), width: 4)
        append(UInt8(ascii: "-"))
        appendPadded(date.month, width: 2)
        append(UInt8(ascii: "-"))
        appendPadded(date.day, width: 2)
    }

    /// `16:19`, `16:19:12`, `16:19:12.123456`: seconds always or only where they are not 0; the fraction in groups of
    /// three digits or without zeros at the end.
    mutating func append(_ time: LocalTime, alwaysSeconds: Bool, inThrees: Bool = true) {
        appendPadded(time.hour, width: 2)
        append(UInt8(ascii: ":"))
        appendPadded(time.minute, width: 2)
        if alwaysSeconds || time.second != 0 || time.nano != 0 {
            append(UInt8(ascii: ":"))
            appendPadded(time.second, width: 2)
            if inThrees { appendFractionInThrees(time.nano) } else { appendFraction(time.nano) }
        }
    }
}

extension LocalDate: CustomStringConvertible {
    public var description: String { .ascii { $0.append(self) } }
}

extension LocalTime: CustomStringConvertible {
    /// `16:19`, `16:19:12.5` as `16:19:12.500`: the shortest with whole groups of digits.
    public var description: String { .ascii { $0.append(self, alwaysSeconds: false) } }
}

extension LocalDateTime: CustomStringConvertible {
    /// `2013-09-08T16:19:12`; seconds left out when they and the fraction are 0.
    public var description: String { .ascii { $0.append(self, alwaysSeconds: false) } }

    /// `2013-09-08T16:19:00.5`: seconds always, the fraction without zeros at its end.
    public var fullText: String { .ascii { $0.append(self, alwaysSeconds: true, inThrees: false) } }
}

extension [UInt8] {
    mutating func append(_ moment: LocalDateTime, alwaysSeconds: Bool, inThrees: Bool = true) {
        append(moment.date)
        append(UInt8(ascii: "T"))
        append(moment.time, alwaysSeconds: alwaysSeconds, inThrees: inThrees)
    }

    mutating func append(_ moment: ZonedDateTime, alwaysSeconds: Bool, region: Bool, inThrees: Bool = true) {
        append(moment.local, alwaysSeconds: alwaysSeconds, inThrees: inThrees)
        if moment.offset == 0 { append(UInt8(ascii: "Z")) } else { appendOffset(moment.offset, colon: true) }
        if region, moment.zone.isRegion {
            append(UInt8(ascii: "["))
            append(contentsOf: moment.zone.id.utf8)
            append(UInt8(ascii: "]"))
        }
    }

    mutating func append(_ instant: Instant) {
        append(LocalDateTime(instant, offset: 0), alwaysSeconds: true)
        append(UInt8(ascii: "Z"))
    }
}

extension ZonedDateTime: CustomStringConvertible {
    /// `2013-09-08T16:19:12.123456+02:00[Europe/Paris]`.
    public var description: String { .ascii { $0.append(self, alwaysSeconds: false, region: true) } }

    /// `2013-09-08T16:19:12.5+02:00`: seconds always, the fraction without zeros at its end, never the region.
    public var offsetText: String { .ascii { $0.append(self, alwaysSeconds: true, region: false, inThrees: false) } }
}

extension Instant: CustomStringConvertible {
    /// `2013-09-08T15:19:12.123456Z`: seconds always, the fraction in groups of three digits.
    public var description: String { .ascii { $0.append(self) } }
}

extension String {
    /// A text made of the ASCII bytes that `write` appends.
    static func ascii(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(40)
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
