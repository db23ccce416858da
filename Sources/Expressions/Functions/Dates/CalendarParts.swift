import FlowModel

extension TemplateFunction {
    static let dayOfWeek = TemplateFunction(
        "dayOfWeek", "The day of the week of a date.", [.day],
        examples: [Example("{{ dayOfWeek('2025-01-06') }}", "MONDAY")]
    ) { arguments, run throws(ExpressionError) in .string(try arguments.wallClock(0, run).date.dayOfWeek.rawValue) }

    static let dayOfMonth = TemplateFunction(
        "dayOfMonth", "The day of the month of a date, 1 to 31.", [.day],
        examples: [Example("{{ dayOfMonth('2025-01-06') }}", "6")]
    ) { arguments, run throws(ExpressionError) in .int(Int64(try arguments.wallClock(0, run).date.day)) }

    static let monthOfYear = TemplateFunction(
        "monthOfYear", "The month of a date, 1 to 12.", [.day],
        examples: [Example("{{ monthOfYear('2025-01-06') }}", "1")]
    ) { arguments, run throws(ExpressionError) in .int(Int64(try arguments.wallClock(0, run).date.month)) }

    static let hourOfDay = TemplateFunction(
        "hourOfDay", "The hour of a date with time, 0 to 23.", [.day],
        examples: [Example("{{ hourOfDay('2025-01-06T23:59:59Z') }}", "23")]
    ) { arguments, run throws(ExpressionError) in
        let (date, time) = try arguments.wallClock(0, run)
        guard let time else {
            throw .evaluation(
                "The 'hourOfDay' function expects a date with a time, not \(date)",
                hint: "write it like \(date)T10:00:00Z")
        }
        return .int(Int64(time.hour))
    }

    static let isWeekend = TemplateFunction(
        "isWeekend", "Whether a date is a Saturday or a Sunday.", [.day],
        examples: [Example("{{ isWeekend('2025-01-04') }}", "true")]
    ) { arguments, run throws(ExpressionError) in
        .bool(try arguments.wallClock(0, run).date.dayOfWeek.number >= 6)
    }
}

extension Parameter {
    static let day = Parameter("date", "a date, or a date with time, as text or value", required: true)
}
