import FlowModel
import TaskKit

/// A time of day between two others.
struct TimeBetweenCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.TimeBetween", aliases: EngineConditions.aliases("TimeBetween"),
        title: "True when the time of day lies after one time and before another.",
        example: "- { type: io.kestra.plugin.core.condition.TimeBetween, after: \"08:00:00+02:00\" }"
    )

    @Property("The date to judge; the trigger's own without it.") var date: String?
    @Property("The time must be later than this one, written with an offset.") var after: String?
    @Property("The time must be earlier than this one, written with an offset.") var before: String?

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        guard after != nil || before != nil else { throw TaskFailure("TimeBetween needs `after`, `before` or both.") }
        let time = OffsetTime(try ConditionDates.judged(date, in: context))
        if let after, time <= (try OffsetTime(after, property: "after")) { return false }
        if let before, time >= (try OffsetTime(before, property: "before")) { return false }
        return true
    }
}
