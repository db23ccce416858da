/// Easter days used below: −3 Maundy Thursday, −2 Good Friday, 0 Easter, 1 Easter Monday, 39 Ascension, 49 Pentecost,
/// 50 Whit Monday, 60 Corpus Christi.
extension PublicHolidays {
    static let national: [String: [HolidayRule]] = europe.merging(world) { one, _ in one }

    private static let europe: [String: [HolidayRule]] = [
        "AT": days((1, 1), (1, 6), (5, 1), (8, 15), (10, 26), (11, 1), (12, 8), (12, 25), (12, 26))
            + easter(1, 39, 50, 60),
        "BE": days((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)) + easter(0, 1, 39, 49, 50),
        "BG": days((1, 1), (3, 3), (5, 1), (5, 6), (5, 24), (9, 6), (9, 22), (12, 24), (12, 25), (12, 26))
            + [.orthodoxEaster(-2), .orthodoxEaster(-1), .orthodoxEaster(0), .orthodoxEaster(1)],
        "CH": days((1, 1), (8, 1), (12, 25)) + easter(39),
        "CZ": days((1, 1), (5, 1), (5, 8), (7, 5), (7, 6), (9, 28), (10, 28), (11, 17), (12, 24), (12, 25), (12, 26))
            + easter(-2, 1),
        "DE": days((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)) + easter(-2, 1, 39, 50),
        "DK": days((1, 1), (12, 25), (12, 26)) + easter(-3, -2, 0, 1, 39, 49, 50),
        "EE": days((1, 1), (2, 24), (5, 1), (6, 23), (6, 24), (8, 20), (12, 24), (12, 25), (12, 26))
            + easter(-2, 0, 49),
        "ES": days((1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)) + easter(-2),
        "FI": days((1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26)) + easter(-2, 0, 1, 39, 49)
            + [.onOrAfter(.saturday, month: 6, day: 20), .onOrAfter(.saturday, month: 10, day: 31)],
        "FR": days((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)) + easter(1, 39, 50),
        "GB": [
            .mondayised(month: 1, day: 1), .nth(1, .monday, month: 5), .nth(-1, .monday, month: 5),
            .fixed(month: 12, day: 25),
            .fixed(month: 12, day: 26), .mondayised(month: 12, day: 25), .mondayised(month: 12, day: 26),
        ] + easter(-2),
        "GR": days((1, 1), (1, 6), (3, 25), (5, 1), (8, 15), (10, 28), (12, 25), (12, 26))
            + [-48, -2, 0, 1, 50].map { .orthodoxEaster($0) },
        "HR": days(
            (1, 1), (1, 6), (5, 1), (5, 30), (6, 22), (8, 5), (8, 15), (11, 1), (11, 18), (12, 25), (12, 26))
            + easter(0, 1, 60),
        "HU": days((1, 1), (3, 15), (5, 1), (8, 20), (10, 23), (11, 1), (12, 25), (12, 26)) + easter(-2, 0, 1, 49, 50),
        "IE": days((1, 1), (3, 17), (12, 25), (12, 26)) + easter(1)
            + [
                .nth(1, .monday, month: 5), .nth(1, .monday, month: 6), .nth(1, .monday, month: 8),
                .nth(-1, .monday, month: 10),
            ],
        "IS": days((1, 1), (5, 1), (6, 17), (12, 25), (12, 26)) + easter(-3, -2, 0, 1, 39, 49, 50)
            + [.onOrAfter(.thursday, month: 4, day: 19), .nth(1, .monday, month: 8)],
        "IT": days((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
            + easter(0, 1),
        "LT": days(
            (1, 1), (2, 16), (3, 11), (5, 1), (6, 24), (7, 6), (8, 15), (11, 1), (11, 2), (12, 24), (12, 25), (12, 26))
            + easter(0, 1),
        "LU": days((1, 1), (5, 1), (5, 9), (6, 23), (8, 15), (11, 1), (12, 25), (12, 26)) + easter(1, 39, 50),
        "LV": days((1, 1), (5, 1), (5, 4), (6, 23), (6, 24), (11, 18), (12, 24), (12, 25), (12, 26), (12, 31))
            + easter(-2, 0, 1),
        "NL": days((1, 1), (4, 27), (5, 5), (12, 25), (12, 26)) + easter(0, 1, 39, 49, 50),
        "NO": days((1, 1), (5, 1), (5, 17), (12, 25), (12, 26)) + easter(-3, -2, 0, 1, 39, 49, 50),
        "PL": days((1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
            + easter(0, 1, 49, 60),
        "PT": days((1, 1), (4, 25), (5, 1), (6, 10), (8, 15), (10, 5), (11, 1), (12, 1), (12, 8), (12, 25))
            + easter(-2, 0, 60),
        "RO": days((1, 1), (1, 2), (1, 24), (5, 1), (6, 1), (8, 15), (11, 30), (12, 1), (12, 25), (12, 26))
            + [-2, 0, 1, 49, 50].map { .orthodoxEaster($0) },
        "SE": days((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26)) + easter(-2, 0, 1, 39, 49)
            + [.onOrAfter(.saturday, month: 6, day: 20), .onOrAfter(.saturday, month: 10, day: 31)],
        "SI": days(
            (1, 1), (1, 2), (2, 8), (4, 27), (5, 1), (5, 2), (6, 25), (8, 15), (10, 31), (11, 1), (12, 25), (12, 26))
            + easter(0, 1, 49),
        "SK": days((1, 1), (1, 6), (5, 1), (5, 8), (7, 5), (8, 29), (9, 15), (11, 1), (12, 24), (12, 25), (12, 26))
            + easter(-2, 1),
        "UA": days((1, 1), (3, 8), (5, 1), (5, 8), (6, 28), (7, 15), (8, 24), (10, 1), (12, 25))
            + [.orthodoxEaster(0), .orthodoxEaster(49)],
    ]

    private static let world: [String: [HolidayRule]] = [
        "AR": days((1, 1), (3, 24), (4, 2), (5, 1), (5, 25), (6, 20), (7, 9), (12, 8), (12, 25)) + easter(-48, -47, -2),
        "AU": days((1, 1), (1, 26), (4, 25), (12, 25), (12, 26)) + easter(-2, 1)
            + [.mondayised(month: 1, day: 1), .mondayised(month: 1, day: 26)],
        "BR": days((1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (11, 20), (12, 25)) + easter(-2),
        "CA": days((1, 1), (7, 1), (9, 30), (12, 25)) + easter(-2) + [.nth(1, .monday, month: 9)],
        "CL": days((1, 1), (5, 1), (5, 21), (7, 16), (8, 15), (9, 18), (9, 19), (11, 1), (12, 8), (12, 25))
            + easter(-2, -1),
        "JP": days((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
            + [
                .nth(2, .monday, month: 1), .nth(3, .monday, month: 7), .nth(3, .monday, month: 9),
                .nth(2, .monday, month: 10),
            ],
        "MX": days((1, 1), (5, 1), (9, 16), (12, 25))
            + [.nth(1, .monday, month: 2), .nth(3, .monday, month: 3), .nth(3, .monday, month: 11)],
        "NZ": [
            .mondayised(month: 1, day: 1), .mondayised(month: 1, day: 2), .mondayised(month: 2, day: 6),
            .mondayised(month: 4, day: 25), .nth(1, .monday, month: 6), .nth(4, .monday, month: 10),
            .mondayised(month: 12, day: 25), .mondayised(month: 12, day: 26),
        ] + easter(-2, 1),
        "US": [
            .observed(month: 1, day: 1), .nth(3, .monday, month: 1), .nth(3, .monday, month: 2),
            .nth(-1, .monday, month: 5),
            .observed(month: 6, day: 19), .observed(month: 7, day: 4), .nth(1, .monday, month: 9),
            .nth(2, .monday, month: 10),
            .observed(month: 11, day: 11), .nth(4, .thursday, month: 11), .observed(month: 12, day: 25),
        ],
        "ZA": days((1, 1), (3, 21), (4, 27), (5, 1), (6, 16), (8, 9), (9, 24), (12, 16), (12, 25), (12, 26))
            + easter(-2, 1),
    ]

    /// By ISO 3166-2 code.
    static let regional: [String: [HolidayRule]] = [
        "DE-BW": days((1, 6), (11, 1)) + easter(60), "DE-BY": days((1, 6), (8, 15), (11, 1)) + easter(60),
        "DE-BE": days((3, 8)), "DE-BB": days((10, 31)) + easter(0, 49), "DE-HB": days((10, 31)),
        "DE-HH": days((10, 31)),
        "DE-HE": easter(60), "DE-MV": days((3, 8), (10, 31)), "DE-NI": days((10, 31)),
        "DE-NW": days((11, 1)) + easter(60),
        "DE-RP": days((11, 1)) + easter(60), "DE-SL": days((8, 15), (11, 1)) + easter(60),
        "DE-SN": days((10, 31)) + [.onOrAfter(.wednesday, month: 11, day: 16)], "DE-ST": days((1, 6), (10, 31)),
        "DE-SH": days((10, 31)), "DE-TH": days((9, 20), (10, 31)),
        "GB-ENG": easter(1) + [.nth(-1, .monday, month: 8)], "GB-WLS": easter(1) + [.nth(-1, .monday, month: 8)],
        "GB-SCT": [.mondayised(month: 1, day: 2), .nth(1, .monday, month: 8), .mondayised(month: 11, day: 30)],
        "GB-NIR": easter(1)
            + [.nth(-1, .monday, month: 8), .mondayised(month: 3, day: 17), .mondayised(month: 7, day: 12)],
        "FR-57": days((12, 26)) + easter(-2), "FR-67": days((12, 26)) + easter(-2),
        "FR-68": days((12, 26)) + easter(-2),
        "CH-ZH": days((5, 1), (12, 26)) + easter(-2, 1, 50), "CH-BE": days((1, 2), (12, 26)) + easter(-2, 1, 50),
        "CH-GE": days((12, 31)) + easter(-2, 1, 50), "CH-VD": days((1, 2)) + easter(-2, 1, 50),
        "CH-BS": days((5, 1), (12, 26)) + easter(-2, 1, 50),
        "CA-QC": days((6, 24)) + easter(1), "CA-ON": days((12, 26)) + [.nth(3, .monday, month: 2)],
        "AU-NSW": easter(-1, 0) + [.nth(2, .monday, month: 6), .nth(1, .monday, month: 10)],
        "AU-VIC": easter(-1, 0) + [
            .nth(2, .monday, month: 3), .nth(2, .monday, month: 6), .nth(1, .tuesday, month: 11),
        ],
    ]
}
