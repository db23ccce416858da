import Foundation
import Synchronization

extension DateLanguage {
    private static let known = Mutex<[String: DateLanguage]>([:])
    private static let zoneNames = Mutex<[String: String]>([:])
    /// More languages and names than anybody uses; beyond, they are made anew each time.
    private static let cacheLimit = 500

    /// A language by its tag: `fr`, `fr_FR`, `en-US`. Unknown ones are written with the names of no language in
    /// particular, as the locale data have them.
    public static func named(_ tag: String) -> DateLanguage {
        let id = tag.replacing("-", with: "_")
        if ["", "en", "en_US"].contains(id) || !isTag(id) { return .english }
        if let language = known.withLock({ $0[id] }) { return language }
        let language = make(id)
        known.withLock { if $0.count < cacheLimit { $0[id] = language } }
        return language
    }

    /// Letters and digits with underscores between: what else stands there is no tag, and not for the locale data, some
    /// of which end the process over it.
    private static func isTag(_ id: String) -> Bool {
        guard id.utf8.count <= 40 else { return false }
        return id.split(separator: "_", omittingEmptySubsequences: false).allSatisfy { part in
            (1...8).contains(part.utf8.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
    }

    private static func make(_ id: String) -> DateLanguage {
        let names = DateFormatter()
        names.locale = Locale(identifier: id)
        names.calendar = Calendar(identifier: .gregorian)
        func sundayLast(_ names: [String]?) -> [String] {
            guard let names, names.count == 7 else { return DateLanguage.english.weekdays.full }
            return Array(names[1...]) + [names[0]]
        }
        let english = DateLanguage.english
        var language = DateLanguage(
            id: id,
            months: Words(
                full: names.monthSymbols,
                short: names.shortMonthSymbols,
                narrow: names.veryShortStandaloneMonthSymbols),
            weekdays: Words(
                full: sundayLast(names.weekdaySymbols), short: sundayLast(names.shortWeekdaySymbols),
                narrow: sundayLast(names.veryShortStandaloneWeekdaySymbols)),
            halfDays: [names.amSymbol, names.pmSymbol],
            eras: Words(
                full: names.longEraSymbols, short: names.eraSymbols,
                narrow: names.eraSymbols),
            quarters: Words(
                full: names.quarterSymbols,
                short: names.shortQuarterSymbols, narrow: english.quarters.narrow),
            firstDayOfWeek: .monday, leastDaysInWeek: 1, patterns: [:])
        language.setWeek(of: id)
        let styles: [(DatePattern.LocalizedStyle, DateFormatter.Style)] = [
            (.full, .full), (.long, .long), (.medium, .medium), (.short, .short),
        ]
        for (style, formatterStyle) in styles {
            (names.dateStyle, names.timeStyle) = (formatterStyle, formatterStyle)
            language.patterns[style] = names.dateFormat
        }
        return language
    }

    /// The week of a region: Sunday first in the Americas and East Asia, the ISO week in Europe.
    private mutating func setWeek(of id: String) {
        let region = id.split(separator: "_").last.map(String.init) ?? ""
        let sunday = [
            "US", "CA", "MX", "BR", "JP", "KR", "TW", "HK", "IN", "IL", "ZA", "PH", "TH", "SG", "AR", "CO", "PE", "VE",
        ]
        let iso = [
            "AD", "AN", "AT", "AX", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FJ", "FO", "FR", "GB", "GF",
            "GG", "GI",
            "GP", "GR", "HU", "IE", "IM", "IS", "IT", "JE", "LI", "LT", "LU", "MC", "MQ", "NL", "NO", "PL", "PT", "RE",
            "RU", "SE",
            "SJ", "SK", "SM", "VA",
        ]
        if sunday.contains(region) { firstDayOfWeek = .sunday }
        if iso.contains(region) { leastDaysInWeek = 4 }
    }

    /// Zones that are UTC and not the time of Greenwich, by which some systems call them.
    private static let universal: Set<String> = [
        "UTC", "UCT", "Universal", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu",
    ]

    static func fullZoneName(of moment: ZonedDateTime, language: String) -> String? {
        if language == "en", universal.contains(moment.zone.id) { return "Coordinated Universal Time" }
        let isDaylight = moment.zone.isDaylightSaving(at: moment.instant.seconds)
        let key = "\(language)/\(isDaylight)/\(moment.zone.id)"
        if let name = zoneNames.withLock({ $0[key] }) { return name }
        let style: NSTimeZone.NameStyle = isDaylight ? .daylightSaving : .standard
        guard
            let name = TimeZone(identifier: moment.zone.id)?
                .localizedName(for: style, locale: Locale(identifier: language == "en" ? "en_US" : language))
        else { return nil }
        zoneNames.withLock { if $0.count < cacheLimit { $0[key] = name } }
        return name
    }
}
