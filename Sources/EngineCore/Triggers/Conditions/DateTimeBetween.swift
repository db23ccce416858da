import FlowModel
import TaskKit

/// A date between two others.
struct DateTimeBetweenCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.DateTimeBetween", aliases: EngineConditions.aliases("DateTimeBetween"),
        title: "True when the date lies after one date and before another.",
        example: "- { type: io.kestra.plugin.core.condition.DateTimeBetween, after: \"2024-01-01T00:00:00Z\" }"
    )

    @Property("The date to judge; the trigger's own without it.") var date: String?
    @Property("The date must be later than this one.") var after: String?
    @Property("The date must be earlier than this one.") var before: String?

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        guard after != nil || before != nil else {
            throw TaskFailure("DateTimeBetween needs `after`, `before` or both.")
        }
        let date = try ConditionDates.judged(date, in: context).instant
        if let after, date <= (try ConditionDates.read(after, "after", in: context)).instant { return false }
        if let before, date >= (try ConditionDates.read(before, "before", in: context)).instant { return false }
        return true
    }
}
