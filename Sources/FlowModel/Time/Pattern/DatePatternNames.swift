extension DatePattern {
    /// The named forms. Source: expressions spec §10.3, the table of output format names.
    static func named(_ name: String) -> DatePattern? { table[name] }

    private static let date: [Element] = [
        .number(.year, least: 4, most: 10, .beyondWidth), .literal("-"), .number(.month, least: 2, most: 2, .never),
        .literal("-"), .number(.day, least: 2, most: 2, .never),
    ]

    private static func time(fraction: Element?, optionalSecond: Bool = false) -> [Element] {
        let minute: [Element] = [
            .number(.hour, least: 2, most: 2, .never), .literal(":"), .number(.minute, least: 2, most: 2, .never),
        ]
        let second: [Element] =
            [.literal(":"), .number(.second, least: 2, most: 2, .never)] + (fraction.map { [$0] } ?? [])
        return minute + (optionalSecond ? [.optional(second)] : second)
    }

    private static let isoTime = time(fraction: .fraction(least: 0, most: 9, point: true), optionalSecond: true)
    private static let isoDateTime = date + [.literal("T")] + isoTime
    private static let colonOffset = Element.offset(OffsetForm(parts: .secondsIfAny, colon: true, zero: "Z"))
    private static let plainOffset = Element.offset(OffsetForm(parts: .minutes, colon: true, zero: "Z"))

    private static func digits(_ count: Int) -> Element { .fraction(least: count, most: count, point: true) }

    private static let rfc1123: [Element] = [
        .optional([.word(.dayOfWeek, .short), .literal(", ")]), .number(.day, least: 1, most: 2, .never), .literal(" "),
        .word(.month, .short), .literal(" "), .number(.year, least: 4, most: 4, .never), .literal(" "),
        .number(.hour, least: 2, most: 2, .never), .literal(":"), .number(.minute, least: 2, most: 2, .never),
        .optional([.literal(":"), .number(.second, least: 2, most: 2, .never)]), .literal(" "),
        .offset(OffsetForm(parts: .minutes, colon: false, zero: "GMT")),
    ]

    private static let table: [String: DatePattern] = {
        let sqlDate = date + [.literal(" ")]
        let second = time(fraction: nil)
        let isoSecond = date + [.literal("T")] + second
        var table: [String: [Element]] = [
            "iso": isoSecond + [digits(6), plainOffset],
            "iso_sec": isoSecond + [plainOffset],
            "iso_milli": isoSecond + [digits(3), plainOffset],
            "sql": sqlDate + second + [digits(6)],
            "sql_seq": sqlDate + second,
            "sql_sec": sqlDate + second,
            "sql_milli": sqlDate + second + [digits(3)],
            "iso_zoned_date_time": isoDateTime + [colonOffset, .bracketedRegion],
            "iso_date_time": isoDateTime + [.optional([colonOffset, .bracketedRegion])],
            "iso_offset_date_time": isoDateTime + [colonOffset],
            "iso_local_date_time": isoDateTime,
            "iso_date": date + [.optional([colonOffset])],
            "iso_offset_date": date + [colonOffset],
            "iso_local_date": date,
            "iso_time": isoTime + [.optional([colonOffset])],
            "iso_offset_time": isoTime + [colonOffset],
            "iso_local_time": isoTime,
            "iso_instant": [.instant],
            "iso_ordinal_date": [
                .number(.year, least: 4, most: 10, .beyondWidth), .literal("-"),
                .number(.dayOfYear, least: 3, most: 3, .never), .optional([colonOffset]),
            ],
            "iso_week_date": [
                .number(.isoWeekYear, least: 4, most: 10, .beyondWidth), .literal("-W"),
                .number(.isoWeek, least: 2, most: 2, .never), .literal("-"),
                .number(.isoDayOfWeek, least: 1, most: 1, .never), .optional([colonOffset]),
            ],
            "basic_iso_date": [
                .number(.year, least: 4, most: 4, .never), .number(.month, least: 2, most: 2, .never),
                .number(.day, least: 2, most: 2, .never),
                .optional([.offset(OffsetForm(parts: .secondsIfAny, colon: false, zero: "Z"))]),
            ],
        ]
        for style in LocalizedStyle.allCases { table[style.rawValue] = [.localized(style)] }
        var patterns = table.mapValues { DatePattern(elements: $0) }
        patterns["rfc_1123_date_time"] = DatePattern(elements: rfc1123, isEnglish: true)
        return patterns
    }()
}
