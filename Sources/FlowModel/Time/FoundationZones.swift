import Foundation

extension ZoneRules {
    /// The rules as Foundation's own data tell them, for hosts without a time zone database: changes of 1900 … 2100.
    static func fromFoundation(_ id: String) -> ZoneRules? {
        guard let zone = TimeZone(identifier: id), zone.identifier == id else { return nil }
        func period(_ date: Date) -> Period {
            Period(
                offset: zone.secondsFromGMT(for: date), isDaylight: zone.isDaylightSavingTime(for: date),
                abbreviation: zone.abbreviation(for: date) ?? id)
        }
        var date = Date(timeIntervalSince1970: -2_208_988_800)
        let end = Date(timeIntervalSince1970: 4_133_980_800)
        var (transitions, periods) = ([Int64](), [period(date)])
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < end {
            transitions.append(Int64(next.timeIntervalSince1970))
            periods.append(period(next))
            date = next
        }
        return ZoneRules(id: id, transitions: transitions, periods: periods, rule: nil)
    }
}
