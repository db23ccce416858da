import FlowModel
import TaskKit

/// Saturdays and Sundays.
struct WeekendCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.Weekend", aliases: EngineConditions.aliases("Weekend"),
        title: "True on Saturdays and Sundays.",
        example: "- { type: io.kestra.plugin.core.condition.Weekend }"
    )

    @Property("The date to judge; the trigger's own without it.") var date: String?

    var judgesWholeDays: Bool { date == nil }

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        let day = try ConditionDates.judged(date, in: context).date.dayOfWeek
        return day == .saturday || day == .sunday
    }
}
