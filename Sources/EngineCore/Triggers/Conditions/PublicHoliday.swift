import Expressions
import FlowModel
import TaskKit

/// Public holidays, by the tables of the function `isPublicHoliday`.
struct PublicHolidayCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.PublicHoliday", aliases: EngineConditions.aliases("PublicHoliday"),
        title: "True on a public holiday of a country.",
        example: "- { type: io.kestra.plugin.core.condition.PublicHoliday, country: FR }"
    )

    @Property("The date to judge; the trigger's own without it.") var date: String?
    @Property("The country by its ISO 3166 code of two letters.") var country: String?
    @Property("A part of the country by its code.") var subDivision: String?

    var judgesWholeDays: Bool { date == nil }

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        guard let country, !country.isEmpty else {
            throw TaskFailure(
                "Property `country` must not be null; write the country's code of two letters, such as FR")
        }
        let day = try ConditionDates.judged(date, in: context).date
        let variables: ValueMap = [
            "date": .string(day.description), "country": .string(country), "part": .string(subDivision ?? ""),
        ]
        let scope = Scope(variables: variables, world: context.scope.world, limits: context.scope.limits)
        do throws(ExpressionError) {
            return try Template.cached("{{ isPublicHoliday(date, country, part) }}").value(in: scope) == .bool(true)
        } catch {
            throw TaskFailure(error)
        }
    }
}
