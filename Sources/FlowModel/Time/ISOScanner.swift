/// Reads dates and times in their ISO 8601 forms, piece by piece; every piece is nil where the text has another form.
struct ISOScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly `count` digits.
    private mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isASCIIDigit) else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int($1 & 15) }
    }

    /// Four digits, or a sign and up to ten.
    private mutating func year() -> Int? {
        let isNegative = take("-")
        guard isNegative || take("+") else { return number(4) }
        let count = rest.prefix { $0.isASCIIDigit }.count
        guard 4...10 ~= count, let year = number(count) else { return nil }
        return isNegative ? -year : year
    }

    /// `2024-02-29`.
    mutating func date() -> LocalDate? {
        guard let year = year(), take("-"), let month = number(2), take("-"), let day = number(2) else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    /// `16:19`, `16:19:12`, `16:19:12.5`.
    mutating func time() -> LocalTime? {
        guard let hour = number(2), take(":"), let minute = number(2) else { return nil }
        guard take(":") else { return LocalTime(hour: hour, minute: minute) }
        guard let second = number(2) else { return nil }
        guard take(".") else { return LocalTime(hour: hour, minute: minute, second: second) }
        let digits = rest.prefix { $0.isASCIIDigit }.count
        guard digits <= 9, var nano = digits == 0 ? 0 : number(digits) else { return nil }
        for _ in digits..<9 { nano *= 10 }
        return LocalTime(hour: hour, minute: minute, second: second, nano: nano)
    }

    /// `2013-09-08T16:19:12.5`.
    mutating func localDateTime() -> LocalDateTime? {
        guard let date = date(), take("T") || take("t"), let time = time() else { return nil }
        return LocalDateTime(date: date, time: time)
    }

    /// `Z`, `+02:00`, `+0200`, `+02`.
    mutating func offset() -> Int? {
        let text = rest.prefix { $0 != UInt8(ascii: "[") }
        guard let offset = Zone.parseOffset(String(Substring(text))) else { return nil }
        rest = rest[text.endIndex...]
        return offset
    }

    enum Region {
        case none, wrong
        case zone(Zone)
    }

    /// `[Europe/Paris]`; `wrong` where there is a bracket that names no zone.
    mutating func region() -> Region {
        guard take("[") else { return .none }
        let name = rest.prefix { $0 != UInt8(ascii: "]") }
        guard let zone = try? Zone(String(Substring(name))) else { return .wrong }
        rest = rest[name.endIndex...]
        return take("]") ? .zone(zone) : .wrong
    }
}
