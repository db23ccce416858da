import FlowModel
import TaskKit

/// A weekday by its place in the month.
struct DayWeekInMonthCondition: JudgedCondition {
    enum Place: String, PropertyChoice {
        case first = "FIRST", last = "LAST", second = "SECOND", third = "THIRD", fourth = "FOURTH"
    }

    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.DayWeekInMonth", aliases: EngineConditions.aliases("DayWeekInMonth"),
        title: "True on the first, second, third, fourth or last of a weekday in the month.",
        example: "- { type: io.kestra.plugin.core.condition.DayWeekInMonth, dayOfWeek: MONDAY, dayInMonth: FIRST }"
    )

    @Property("The date to judge; the trigger's own without it.") var date: String?
    @Property("The day of the week.") var dayOfWeek: Weekday
    @Property("Which of these weekdays in the month.") var dayInMonth: Place

    var judgesWholeDays: Bool { date == nil }

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        let day = try ConditionDates.judged(date, in: context).date
        guard day.dayOfWeek == dayOfWeek else { return false }
        return switch dayInMonth {
        case .first: day.day <= 7
        case .second: 8...14 ~= day.day
        case .third: 15...21 ~= day.day
        case .fourth: 22...28 ~= day.day
        case .last: day.day + 7 > day.lengthOfMonth
        }
    }
}
