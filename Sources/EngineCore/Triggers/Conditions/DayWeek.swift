import FlowModel
import TaskKit

/// A day of the week.
struct DayWeekCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.DayWeek", aliases: EngineConditions.aliases("DayWeek"),
        title: "True on one day of the week.",
        example: "- { type: io.kestra.plugin.core.condition.DayWeek, dayOfWeek: MONDAY }"
    )

    @Property("The date to judge; the trigger's own without it.") var date: String?
    @Property("The day of the week.") var dayOfWeek: Weekday

    var judgesWholeDays: Bool { date == nil }

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        try ConditionDates.judged(date, in: context).date.dayOfWeek == dayOfWeek
    }
}
