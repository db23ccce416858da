import Testing

@testable import FlowModel

struct PublicHolidayTests {
    @Test(arguments: [
        ("2023-07-14", "FR", "", true), ("2024-12-25", "FR", "", true), ("2023-03-08", "DE", "BE", true),
        ("2023-03-08", "DE", "", false),
        ("2024-04-01", "FR", "", true), ("2024-05-09", "DE", "", true), ("2024-05-30", "DE", "BY", true),
        ("2024-05-30", "DE", "BE", false),
        ("2024-11-28", "US", "", true), ("2021-12-31", "US", "", true), ("2024-07-04", "us", "", true),
        ("2024-01-15", "US", "", true),
        ("2024-05-27", "GB", "", true), ("2022-01-03", "GB", "", true), ("2024-04-01", "GB", "ENG", true),
        ("2024-04-01", "GB", "SCT", false),
        ("2024-06-22", "SE", "", true), ("2024-05-06", "GR", "", true), ("2024-03-29", "CH", "ZH", true),
        ("2024-07-15", "FR", "", false),
        ("2023-11-22", "DE", "SN", true), ("2024-12-26", "FR", "67", true),
    ]) func `days that are free`(date: String, country: String, part: String, isFree: Bool) throws {
        #expect(try PublicHolidays.contains(LocalDate(iso: date), country: country, subdivision: part) == isFree)
    }

    @Test func `an unknown country is refused`() throws {
        let day = try LocalDate(iso: "2024-12-25")
        let problem = #expect(throws: Problem.self) { try PublicHolidays.contains(day, country: "XX") }
        #expect(problem?.code == "holidays.unknown-country")
    }

    @Test(arguments: [
        (1961, "1961-04-02"), (2000, "2000-04-23"), (2024, "2024-03-31"), (2025, "2025-04-20"), (2038, "2038-04-25"),
    ])
    func `Easter`(year: Int, day: String) throws {
        #expect(HolidayRule.easter(year) == (try LocalDate(iso: day).epochDay))
    }

    @Test(arguments: [(2023, "2023-04-16"), (2024, "2024-05-05"), (2025, "2025-04-20")])
    func `Easter of the eastern churches`(year: Int, day: String) throws {
        #expect(HolidayRule.orthodoxEaster(year) == (try LocalDate(iso: day).epochDay))
    }
}
