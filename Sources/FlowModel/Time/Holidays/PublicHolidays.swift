/// Public holidays by country: the days that the law of the whole country, or of one of its parts, makes free every year.
/// Days that are proclaimed for one year, or that follow the moon, are not among them.
public enum PublicHolidays {
    /// - Parameters:
    ///   - country: an ISO 3166 code, upper or lower case.
    ///   - subdivision: the part behind the hyphen of its ISO 3166-2 code; blank for none.
    /// - Throws: `holidays.unknown-country`.
    public static func contains(
        _ date: LocalDate, country: String, subdivision: String? = nil
    ) throws(Problem) -> Bool {
        let code = country.uppercased()
        guard let rules = national[code] else {
            throw Problem(
                "holidays.unknown-country", what: "the public holidays of \"\(country)\" are not known",
                fix: "use one of \(national.keys.sorted().joined(separator: ", "))")
        }
        if rules.contains(where: { $0.falls(on: date) }) { return true }
        let part = (subdivision ?? "").uppercased().filter { !$0.isWhitespace }
        guard !part.isEmpty, let own = regional["\(code)-\(part)"] else { return false }
        return own.contains { $0.falls(on: date) }
    }

    /// The countries whose holidays are known.
    public static var countries: [String] { national.keys.sorted() }

    static func days(_ pairs: (Int, Int)...) -> [HolidayRule] { pairs.map { .fixed(month: $0.0, day: $0.1) } }
    static func easter(_ days: Int...) -> [HolidayRule] { days.map { .easter($0) } }
}
