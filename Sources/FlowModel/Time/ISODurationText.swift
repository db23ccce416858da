/// Texts of durations. Source: expressions spec §8.1, engine spec §2.2.
extension ISODuration: CustomStringConvertible {
    /// `PT1H30M`, `PT0.5S`, `PT-1.5S`, `PT0S`: hours are the largest unit, each part with its own sign.
    public var description: String {
        if seconds == 0, nanoseconds == 0 { return "PT0S" }
        // Whole seconds rounded towards zero, so that all parts have one sign.
        let isNegative = seconds < 0
        let whole = isNegative && nanoseconds > 0 ? seconds + 1 : seconds
        let fraction = isNegative && nanoseconds > 0 ? 1_000_000_000 - nanoseconds : nanoseconds
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        var text = "PT"
        if hours != 0 { text += "\(hours)H" }
        if minutes != 0 { text += "\(minutes)M" }
        if rest != 0 || fraction != 0 {
            let sign = isNegative ? "-" : ""
            text += "\(sign)\(rest.magnitude)" + String.ascii { $0.appendFraction(Int(fraction)) } + "S"
        }
        return text
    }

    /// `5400.000000000`.
    public var secondsText: String {
        let isNegative = seconds < 0
        let whole = isNegative && nanoseconds > 0 ? seconds + 1 : seconds
        let fraction = isNegative && nanoseconds > 0 ? 1_000_000_000 - nanoseconds : nanoseconds
        return (isNegative ? "-" : "") + "\(whole.magnitude)."
            + String.ascii { $0.appendPadded(Int(fraction), width: 9) }
    }

    /// `PT10S`, `P1D`, `P2DT3H4M5.5S`, `-PT5M`, `pt5m`: days of 24 hours, hours, minutes, seconds, in this order; weeks
    /// (`P1W`) too. Months and years are refused, they have no fixed length.
    /// - Throws: `duration.unreadable`.
    public init(_ text: String) throws(Problem) {
        guard let duration = Self.parse(text) else {
            throw Problem(
                "duration.unreadable", what: "\"\(text)\" is not an ISO 8601 duration",
                fix: "write for example PT30S, PT5M, PT1H30M or P1D")
        }
        self = duration
    }

    private static func parse(_ text: String) -> ISODuration? {
        var rest = text.utf8[...]
        let sign = rest.takeSign()
        guard rest.take("P"), !rest.isEmpty else { return nil }
        var (total, isTime, units) = (Int128(0), false, "WDHMS"[...])
        while !rest.isEmpty {
            if !isTime, rest.take("T") {
                guard !rest.isEmpty, units.contains("H") else { return nil }
                isTime = true
                units = "HMS"
                continue
            }
            guard let amount = rest.takeAmount(), let letter = rest.popFirst() else { return nil }
            let unit = Character(Unicode.Scalar(letter & 0xDF))
            guard let index = units.firstIndex(of: unit), isTime == "HMS".contains(unit),
                amount.fraction == 0 || unit == "S"
            else { return nil }
            units = units[units.index(after: index)...]
            let length: Int128 = ["W": 604_800, "D": 86_400, "H": 3600, "M": 60][unit] ?? 1
            total += Int128(amount.sign) * (Int128(amount.whole) * length * 1_000_000_000 + Int128(amount.fraction))
        }
        let (quotient, remainder) = (total * Int128(sign)).flooredDivision(by: 1_000_000_000)
        guard let seconds = Int64(exactly: quotient) else { return nil }
        return ISODuration(seconds: seconds, nanoseconds: Int32(remainder))
    }
}

extension Substring.UTF8View {
    fileprivate mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard let first, first & 0xDF == UInt8(ascii: letter) else { return false }
        removeFirst()
        return true
    }

    fileprivate mutating func takeSign() -> Int {
        guard first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else { return 1 }
        return removeFirst() == UInt8(ascii: "-") ? -1 : 1
    }

    /// `-12.25` or `12,25`: sign, whole part, and the fraction in billionths (at most nine digits).
    fileprivate mutating func takeAmount() -> (sign: Int, whole: Int64, fraction: Int64)? {
        let sign = takeSign()
        let digits = prefix { $0.isASCIIDigit }
        self = self[digits.endIndex...]
        guard let whole = Int64(Substring(digits)) else { return nil }
        guard first == UInt8(ascii: ".") || first == UInt8(ascii: ",") else { return (sign, whole, 0) }
        removeFirst()
        let fraction = prefix { $0.isASCIIDigit }
        self = self[fraction.endIndex...]
        guard fraction.count <= 9 else { return nil }
        let padded = String(Substring(fraction)) + String(repeating: "0", count: 9 - fraction.count)
        return Int64(padded).map { (sign, whole, $0) }
    }
}
