import Testing

/// Expressions and what they give. Kept as text, which compiles in no time.
enum DateCases {
    static let results = #"""
        old | date('iso', timeZone='Europe/Paris') ⟶ 2013-09-08T17:19:12.000000+02:00
        zoned | date(timeZone='Europe/Paris') ⟶ 2013-09-08T17:19:12.123456+02:00
        local | date ⟶ 2013-09-08T16:19:12.123456Z
        local | date(timeZone='Europe/Paris') ⟶ 2013-09-08T16:19:12.123456+02:00
        day | date ⟶ 2013-09-08T12:00:00.000000Z
        '2013-09-08' | date ⟶ 2013-09-08T00:00:00.000000Z
        1378653552123 | date('iso_milli', timeZone='Europe/Paris') ⟶ 2013-09-08T17:19:12.123+02:00
        1378653552 | date('sql_sec') ⟶ 2013-09-08 15:19:12
        1378653552123456 | date('sql') ⟶ 2013-09-08 15:19:12.123456
        1378653552123456000 | date('sql') ⟶ 2013-09-08 15:19:12.123456
        1378653552000123456 | date('sql') ⟶ 2013-09-08 15:19:12.123456
        -1 | date('iso_sec') ⟶ 1969-12-31T23:59:59Z
        'Tue, 08 Feb 2022 19:38:26 GMT' | date(existingFormat='rfc_1123_date_time', timeZone='Europe/Paris') ⟶ 2022-02-08T20:38:26.000000+01:00
        '08092023' | date('yyyy-MM-dd', existingFormat='ddMMyyyy') ⟶ 2023-09-08
        zoned | date('yyyy-MM-dd HH:mm:ss z', timeZone='Europe/Paris') ⟶ 2013-09-08 17:19:12 CEST
        zoned | date('EEEE', locale='de') ⟶ Sonntag
        zoned | date("yyyy-MM-dd'T'HH:mm:ssX", timeZone='Asia/Kolkata') ⟶ 2013-09-08T20:49:12+0530
        zoned | dateAdd(-36, 'HOURS', 'iso_sec') ⟶ 2013-09-07T03:19:12Z
        '2024-01-31' | dateAdd(1, 'MONTHS', 'iso_local_date') ⟶ 2024-02-29
        '2024-01-31' | dateAdd('2', 'DAYS', 'iso_local_date') ⟶ 2024-02-02
        zoned | dateAdd(-1, 'DAYS', timeZone='Europe/Paris') ⟶ 2013-09-07T17:19:12.123456+02:00
        '2013-09-08T16:19:00+02' | dateAdd(1, 'DAYS') | date('yyyy-MM-dd HH:mm:ss z', timeZone='Australia/Perth') ⟶ 2013-09-09 22:19:00 AWST
        zoned | timestamp ⟶ 1378653552
        zoned | timestampMilli ⟶ 1378653552123
        zoned | timestampMicro ⟶ 1378653552123456
        zoned | timestampNano ⟶ 1378653552123456000
        '1969-12-31T23:59:59.999Z' | timestampMicro ⟶ -1000
        now() ⟶ 2024-02-29T10:11:12.123456Z
        now('yyyy-MM-dd HH:mm', timeZone='Asia/Tokyo') ⟶ 2024-02-29 19:11
        now(format='sql_milli') ⟶ 2024-02-29 10:11:12.123
        '<' ~ (null | date) ~ '>' ⟶ <>
        dayOfWeek('2025-01-06') ⟶ MONDAY
        dayOfMonth('2025-06-20') ⟶ 20
        monthOfYear(day) ⟶ 9
        hourOfDay('2025-01-06T23:59:59Z') ⟶ 23
        hourOfDay(zoned) ⟶ 16
        isWeekend('2025-01-04T15:30:00+05:00') ⟶ true
        isWeekend('2025-01-06') ⟶ false
        isPublicHoliday('2024-12-25T10:00:00Z', 'FR') ⟶ true
        isPublicHoliday('2023-03-08', 'DE', 'BE') ⟶ true
        isPublicHoliday('2023-03-08', 'DE', ' ') ⟶ false
        isDayWeekInMonth('2025-01-06', 'MONDAY', 'first') ⟶ true
        isDayWeekInMonth('2025-01-27', 'MONDAY', 'LAST') ⟶ true
        isDayWeekInMonth('2025-01-27', 'MONDAY', 'FOURTH') ⟶ true
        isDayWeekInMonth('2025-01-27', 'TUESDAY', 'LAST') ⟶ false
        isLastWorkingDay('2025-05-30') ⟶ true
        isLastWorkingDay('2025-05-31') ⟶ false
        isLastWorkingDay('2025-05-31', 'SATURDAY') ⟶ true
        isLastWorkingDay('2025-05-29') ⟶ false
        isDateAfter('2025-01-02', '2025-01-01T23:59:59Z') ⟶ true
        isDateAfter('2025-01-01', '2025-01-01') ⟶ false
        isDateBefore('2025-01-01T00:00:00+01:00', '2025-01-01') ⟶ true
        isDateBetween('2025-01-02T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-03T00:00:00Z') ⟶ true
        isDateBetween(zoned, '2013-01-01T00:00:00Z', '2014-01-01T00:00:00Z') ⟶ true
        isDateBetween('2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-03T00:00:00Z') ⟶ false
        """#.split(separator: "\n").map(String.init)

    static let refusals = #"""
        'x' | date ⟶ is not a date
        zoned | date(timeZone='Nowhere') ⟶ Unknown time-zone ID
        zoned | date('bbb') ⟶ no pattern for dates
        1.5 | date ⟶ Unsupported argument type
        [1] | date ⟶ Unsupported argument type
        zoned | dateAdd(1) ⟶ expects an argument 'unit'
        zoned | dateAdd(1, 'days') ⟶ No enum constant
        zoned | dateAdd('x', 'DAYS') ⟶ whole number
        zoned | dateAdd(9223372036854775807, 'YEARS') ⟶ range of dates
        '2024' | date(existingFormat='yyyy-MM') ⟶ could not be parsed
        hourOfDay('2025-01-06') ⟶ expects a date with a time
        isPublicHoliday('2024-12-25', 'XX') ⟶ not known
        isDateBefore('2025-01-01') ⟶ expects an argument 'reference'
        isDateBetween('2025-01-02', '2025-01-01T00:00:00Z', '2025-01-03T00:00:00Z') ⟶ could not parse 'date'
        isDateBetween('2025-01-02T00:00:00Z', '2025-01-01T00:00:00Z') ⟶ expects a 'before' argument
        dayOfWeek(null) ⟶ could not parse 'date'
        dayOfWeek() ⟶ expects an argument 'date'
        isDayWeekInMonth('2025-01-06', 'MONDAY', 'FIFTH') ⟶ no position
        isLastWorkingDay('2025-05-30', 'FUNDAY') ⟶ no day of the week
        """#.split(separator: "\n").map(String.init)

    static func parts(of row: String) throws -> (String, String) {
        let parts = row.split(separator: " ⟶ ", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 2)
        return (parts[0], parts[1])
    }
}
