import FlowModel

extension TemplateFunction {
    static let isPublicHoliday = TemplateFunction(
        "isPublicHoliday", "Whether a date is a public holiday of a country.",
        [
            .day, Parameter("countryCode", "the ISO code of the country, such as FR", required: true),
            Parameter("subDivision", "the part of the country, such as BY for Bavaria in DE"),
        ],
        examples: [Example("{{ isPublicHoliday('2024-12-25', 'FR') }}", "true")]
    ) { arguments, run throws(ExpressionError) in
        let date = try arguments.wallClock(0, run).date
        let country = try arguments.requiredText(1, run)
        let part = try arguments.text(2, run)
        return .bool(
            try DateConversion.translated { () throws(Problem) in
                try PublicHolidays.contains(date, country: country, subdivision: part)
            })
    }

    static let isDayWeekInMonth = TemplateFunction(
        "isDayWeekInMonth", "Whether a date is, for example, the second Monday of its month.",
        [
            .day, Parameter("dayOfWeek", "`MONDAY` … `SUNDAY`", required: true),
            Parameter("position", "`FIRST`, `SECOND`, `THIRD`, `FOURTH` or `LAST`", required: true),
        ],
        examples: [Example("{{ isDayWeekInMonth('2025-01-06', 'MONDAY', 'FIRST') }}", "true")]
    ) { arguments, run throws(ExpressionError) in
        let date = try arguments.wallClock(0, run).date
        let weekday = try arguments.weekday(try arguments.requiredText(1, run))
        let position = try arguments.requiredText(2, run).uppercased()
        guard let index = ["FIRST", "SECOND", "THIRD", "FOURTH", "LAST"].firstIndex(of: position) else {
            throw .evaluation(
                "The 'isDayWeekInMonth' function knows no position '\(position)'",
                hint: "use one of FIRST, SECOND, THIRD, FOURTH, LAST")
        }
        let isThere = index == 4 ? date.day + 7 > date.lengthOfMonth : (date.day - 1) / 7 == index
        return .bool(date.dayOfWeek == weekday && isThere)
    }

    static let isLastWorkingDay = TemplateFunction(
        "isLastWorkingDay", "Whether a date is the last day of its month that is a working day.",
        [
            .day,
            Parameter(
                "workingDays", "the names of the working days, separated by commas",
                default: "MONDAY,TUESDAY,WEDNESDAY,THURSDAY,FRIDAY"),
        ],
        examples: [Example("{{ isLastWorkingDay('2025-01-31') }}", "true")]
    ) { arguments, run throws(ExpressionError) in
        let date = try arguments.wallClock(0, run).date
        var working: Set<Weekday> = []
        if case .list(let names) = arguments[1] {
            for name in names { working.insert(try arguments.weekday(try run.plainText(of: name))) }
        } else {
            for name in (try arguments.text(1, run) ?? "").split(separator: ",") {
                working.insert(try arguments.weekday(name))
            }
        }
        guard working.contains(date.dayOfWeek) else { return false }
        let later = (date.day..<date.lengthOfMonth).map { Weekday(number: date.dayOfWeek.number + 1 + $0 - date.day) }
        return .bool(!later.contains(where: working.contains))
    }

    static let isDateAfter = TemplateFunction(
        "isDateAfter", "Whether a date lies after another one.",
        [.day, Parameter("reference", "the other date", required: true)],
        examples: [Example("{{ isDateAfter('2025-01-02', '2025-01-01') }}", "true")]
    ) { arguments, run throws(ExpressionError) in
        .bool(try arguments.instant(0, run) > arguments.instant(1, run))
    }

    static let isDateBefore = TemplateFunction(
        "isDateBefore", "Whether a date lies before another one.",
        [.day, Parameter("reference", "the other date", required: true)],
        examples: [Example("{{ isDateBefore('2025-01-01', '2025-01-02') }}", "true")]
    ) { arguments, run throws(ExpressionError) in
        .bool(try arguments.instant(0, run) < arguments.instant(1, run))
    }

    static let isDateBetween = TemplateFunction(
        "isDateBetween", "Whether a date lies after one and before another; texts need an offset.",
        [
            .day, Parameter("after", "the date after which it must lie", required: true),
            Parameter("before", "the date before which it must lie", required: true),
        ],
        examples: [
            Example(
                "{{ isDateBetween('2025-01-02T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-03T00:00:00Z') }}", "true")
        ]
    ) { arguments, run throws(ExpressionError) in
        var instants: [Instant] = []
        for position in 0..<3 {
            guard let value = arguments[position] else {
                throw .evaluation(
                    "The 'isDateBetween' function expects a '\(arguments.signature.parameters[position].name)' argument."
                )
            }
            if case .string(let text) = value {
                guard let moment = try? ZonedDateTime(iso: text) else { throw arguments.unreadable(position, text) }
                instants.append(moment.instant)
            } else {
                instants.append(try arguments.instant(position, run))
            }
        }
        return .bool(instants[1] < instants[0] && instants[0] < instants[2])
    }
}
