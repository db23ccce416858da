import FlowModel
import Synchronization

/// From the values that stand for dates in expressions to moments, and from moments to texts.
/// Source: expressions spec §10.3.
enum DateConversion {
    /// The zone of an argument, or the server's where there is none.
    static func zone(_ name: String?, _ run: Rendering) throws(ExpressionError) -> Zone {
        guard let name else { return run.world.timeZone }
        return try translated { () throws(Problem) in try Zone(name) }
    }

    /// The moment that a value stands for. Dates without time count from noon, texts of dates from midnight.
    static func moment(
        _ value: Value, in zone: Zone, existingFormat: String?
    ) throws(ExpressionError) -> ZonedDateTime {
        switch value {
        case .moment(.zoned(let zoned)): return zoned
        case .moment(.instant(let instant)), .moment(.legacy(let instant)): return ZonedDateTime(instant, in: zone)
        case .moment(.localDateTime(let local)): return ZonedDateTime(local, in: zone)
        case .moment(.localDate(let date)): return ZonedDateTime(date.at(.noon), in: zone)
        case .int(let number): return ZonedDateTime(instant(ofEpoch: number), in: zone)
        case .string(let text):
            return try translated { () throws(Problem) in
                guard let existingFormat else { return try ZonedDateTime(reading: text, in: zone) }
                return try pattern(existingFormat).read(text, in: zone)
            }
        default:
            throw .evaluation(
                "Unsupported argument type for a date: \(ClassNames.name(of: value))",
                hint: "give a date, an ISO text or the seconds since 1970")
        }
    }

    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by the number of digits. Nineteen
    /// digits whose first three behind the seconds are 0 are the microseconds of old, which were added to the seconds
    /// as if they were nanoseconds.
    static func instant(ofEpoch number: Int64) -> Instant {
        switch number.magnitude {
        case ..<10_000_000_000: return Instant(seconds: number)
        case ..<10_000_000_000_000: return Instant(milliseconds: number)
        case ..<10_000_000_000_000_000: return Instant(microseconds: number)
        default:
            let instant = Instant(nanosecondsSince1970: number)
            guard instant.nanoseconds < 1_000_000 else { return instant }
            return Instant(seconds: instant.seconds, nanoseconds: instant.nanoseconds * 1000)
        }
    }

    /// The text of a moment, seen from `zone`, in a named form or a pattern.
    static func text(
        of moment: ZonedDateTime, in zone: Zone, format: String?, locale: String?
    ) throws(ExpressionError) -> String {
        let form = try translated { () throws(Problem) in try pattern(format ?? "iso") }
        return form.text(of: moment.converted(to: zone), in: locale.map(DateLanguage.named) ?? .english)
    }

    /// Patterns compiled so far. What templates make up anew each time must not fill the memory.
    private static let patterns = Mutex<[String: DatePattern]>([:])
    private static let patternLimit = 500

    private static let longestPattern = 1000

    private static func pattern(_ text: String) throws(Problem) -> DatePattern {
        guard text.utf8.count <= longestPattern else {
            throw Problem("date.pattern", what: "The date pattern is longer than \(longestPattern) characters.")
        }
        if let known = patterns.withLock({ $0[text] }) { return known }
        let pattern = try DatePattern(text)
        patterns.withLock { if $0.count < patternLimit { $0[text] = pattern } }
        return pattern
    }

    static func translated<Result>(
        _ work: () throws(Problem) -> Result
    ) throws(ExpressionError) -> Result {
        do throws(Problem) {
            return try work()
        } catch {
            throw .evaluation(error.what, hint: error.fix)
        }
    }
}

extension Parameter {
    static let dateFormat = Parameter(
        "format", "a named form (`iso`, `iso_sec`, `sql`, `full` …) or a pattern such as `yyyy-MM-dd HH:mm`",
        default: "iso")
    static let timeZone = Parameter("timeZone", "the zone to show the date in; the server's where it is left out")
    static let existingFormat = Parameter("existingFormat", "the form of the input, where it is a text and not ISO")
    static let locale = Parameter("locale", "the language of names, such as `fr` or `de_DE`")
}
