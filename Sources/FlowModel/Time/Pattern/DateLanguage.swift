/// The words, week and usual date forms of one language.
public struct DateLanguage: Sendable {
    struct Words: Sendable {
        var full: [String]
        var short: [String]
        var narrow: [String]

        subscript(width: DatePattern.Width) -> [String] {
            switch width {
            case .full: full
            case .short: short
            case .narrow: narrow
            }
        }
    }

    /// `en`, `fr-FR`.
    let id: String
    /// January first; as they stand in a date.
    var months: Words
    /// Monday first.
    var weekdays: Words
    var halfDays: [String]
    /// Before and after the year 1.
    var eras: Words
    var quarters: Words
    var firstDayOfWeek: Weekday
    var leastDaysInWeek: Int
    /// The patterns of full, long, medium and short dates with time.
    var patterns: [DatePattern.LocalizedStyle: String]

    func name(of word: DatePattern.Word, _ width: DatePattern.Width, at moment: LocalDateTime) -> String {
        switch word {
        case .era: eras[width][moment.date.year > 0 ? 1 : 0]
        case .quarter: quarters[width][(moment.date.month - 1) / 3]
        case .month: months[width][moment.date.month - 1]
        case .dayOfWeek: weekdays[width][moment.date.dayOfWeek.number - 1]
        case .halfDay: halfDays[moment.time.hour / 12]
        case .dayPeriod: dayPeriod(at: moment.time, width)
        }
    }

    /// The names that a pattern may meet when it reads, with the numbers they stand for.
    func names(of word: DatePattern.Word, _ width: DatePattern.Width) -> [(name: String, number: Int)] {
        switch word {
        case .era: eras[width].enumerated().map { ($1, $0) }
        case .quarter: quarters[width].enumerated().map { ($1, $0 + 1) }
        case .month: months[width].enumerated().map { ($1, $0 + 1) }
        case .dayOfWeek: weekdays[width].enumerated().map { ($1, $0 + 1) }
        case .halfDay: halfDays.enumerated().map { ($1, $0) }
        case .dayPeriod: []
        }
    }

    /// English day periods; other languages have their own borders, here they fall back to half days.
    private func dayPeriod(at time: LocalTime, _ width: DatePattern.Width) -> String {
        guard id.hasPrefix("en") else { return halfDays[time.hour / 12] }
        if time == .midnight { return width == .narrow ? "mi" : "midnight" }
        if time == .noon { return width == .narrow ? "n" : "noon" }
        return switch time.hour {
        case 6..<12: "in the morning"
        case 12..<18: "in the afternoon"
        case 18..<21: "in the evening"
        default: "at night"
        }
    }

    func elements(of style: DatePattern.LocalizedStyle) -> [DatePattern.Element] {
        guard let pattern = patterns[style], let elements = try? DatePatternCompiler.compile(pattern) else { return [] }
        return elements
    }

    /// `CEST`, or in full `Central European Summer Time`; offsets name themselves.
    func zoneName(of moment: ZonedDateTime, full: Bool) -> String {
        let second = moment.instant.seconds
        guard moment.zone.isRegion else { return moment.zone.id }
        if full, let name = Self.fullZoneName(of: moment, language: id) { return name }
        return moment.zone.abbreviation(at: second)
    }

    public static let english = DateLanguage(
        id: "en",
        months: Words(
            full: [
                "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November",
                "December",
            ],
            short: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
            narrow: ["J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"]),
        weekdays: Words(
            full: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], narrow: ["M", "T", "W", "T", "F", "S", "S"]),
        halfDays: ["AM", "PM"],
        eras: Words(full: ["Before Christ", "Anno Domini"], short: ["BC", "AD"], narrow: ["B", "A"]),
        quarters: Words(
            full: ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"], short: ["Q1", "Q2", "Q3", "Q4"],
            narrow: ["1", "2", "3", "4"]),
        firstDayOfWeek: .sunday, leastDaysInWeek: 1,
        patterns: [
            .full: "EEEE, MMMM d, y 'at' h:mm:ss a zzzz", .long: "MMMM d, y 'at' h:mm:ss a z",
            .medium: "MMM d, y, h:mm:ss a", .short: "M/d/yy, h:mm a",
        ])
}
