/// A form of dates and times, as `date('yyyy-MM-dd')` names it: a pattern of letters, or one of the names `iso`, `sql`,
/// `rfc_1123_date_time`, `full` … Source: expressions spec §10.3.
///
/// The same pattern writes and reads. Compiled once, it may be used by many at a time.
public struct DatePattern: Sendable {
    /// A number out of a date, as pattern letters name it.
    enum Field: Hashable, Sendable {
        case year, yearOfEra, quarter, month, day, dayOfYear
        case weekYear, weekOfYear, weekOfMonth, dayOfWeek
        case isoWeekYear, isoWeek, isoDayOfWeek
        case hour, clockHourOfDay, clockHour, hourOfHalfDay, halfDay, minute, second, nano, milliOfDay, nanoOfDay
    }

    enum Word: Hashable, Sendable { case era, quarter, month, dayOfWeek, halfDay, dayPeriod }

    enum Width: Hashable, Sendable { case short, full, narrow }

    enum Sign: Sendable { case normal, never, beyondWidth }

    indirect enum Element: Sendable {
        case literal(String)
        case number(Field, least: Int, most: Int, Sign)
        /// The last two digits of a year of 2000 … 2099.
        case twoDigitYear(Field)
        case word(Word, Width)
        /// Digits behind the point, cut off, not rounded.
        case fraction(least: Int, most: Int, point: Bool)
        case offset(OffsetForm)
        /// `GMT-4` or `GMT-04:00`.
        case localizedOffset(full: Bool)
        case zoneID
        case zoneName(full: Bool)
        /// The region in brackets, for moments that have one.
        case bracketedRegion
        /// ISO form in UTC with a fraction in groups of three digits.
        case instant
        /// A part that is left out where the date lacks what it needs, and that may be missing when reading.
        case optional([Element])
        /// The rest of the pattern in another width, padded in front with blanks.
        case padded(Int, Element)
        /// Date and time in the usual form of a language.
        case localized(LocalizedStyle)
    }

    struct OffsetForm: Hashable, Sendable {
        enum Parts: Sendable { case hoursAndMinutesIfAny, minutes, secondsIfAny }

        var parts: Parts
        var colon: Bool
        /// What stands for offset 0.
        var zero: String
    }

    public enum LocalizedStyle: String, Sendable, CaseIterable { case full, long, medium, short }

    let elements: [Element]
    /// Always English, whatever the language asked for.
    let isEnglish: Bool

    init(elements: [Element], isEnglish: Bool = false) {
        self.elements = elements
        self.isEnglish = isEnglish
    }

    /// One of the names, or else a pattern of letters.
    /// - Throws: `date-pattern.invalid`.
    public init(_ text: String) throws(Problem) {
        if let known = Self.named(text) {
            self = known
        } else {
            self.init(elements: try DatePatternCompiler.compile(text))
        }
    }

    /// The date in this form, in its own zone.
    public func text(of moment: ZonedDateTime, in language: DateLanguage = .english) -> String {
        var writer = DatePatternWriter(moment: moment, language: isEnglish ? .english : language)
        writer.write(elements)
        return writer.text
    }
}
