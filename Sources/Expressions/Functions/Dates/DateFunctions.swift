/// The functions of dates, in the order in which they are shown.
extension FunctionCatalogue {
    static let dates: [TemplateFunction] = [
        .now, .dayOfWeek, .dayOfMonth, .monthOfYear, .hourOfDay, .isWeekend, .isPublicHoliday, .isDayWeekInMonth,
        .isLastWorkingDay, .isDateAfter, .isDateBefore, .isDateBetween,
    ]
}
