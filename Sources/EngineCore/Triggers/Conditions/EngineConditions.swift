import TaskKit

/// The types of condition of this program, for the catalogue. Source: engine spec §7.5.
public enum EngineConditions {
    public static let all: [any ConditionType.Type] = Array(types)

    /// By full name.
    static let judged = Dictionary(uniqueKeysWithValues: types.map { ($0.about.type, $0) })

    private static let types: [any JudgedCondition.Type] = [
        DateTimeBetweenCondition.self, TimeBetweenCondition.self, DayWeekCondition.self, DayWeekInMonthCondition.self,
        WeekendCondition.self, PublicHolidayCondition.self, ExpressionCondition.self, NotCondition.self,
        OrCondition.self,
        ExecutionFlowCondition.self, ExecutionNamespaceCondition.self, ExecutionStatusCondition.self,
        ExecutionLabelsCondition.self, ExecutionOutputsCondition.self, HasRetryAttemptCondition.self,
        FlowIsCondition.self, FlowNamespaceCondition.self, MultipleCondition.self,
    ]

    /// The names of old for `io.kestra.plugin.core.condition.<name>`.
    static func aliases(_ name: String) -> [String] {
        ["io.kestra.core.models.conditions.types.\(name)Condition", "io.kestra.plugin.core.condition.\(name)Condition"]
    }
}
