import FlowModel

extension TemplateFilter {
    static let dateAdd = TemplateFilter(
        "dateAdd", "Moves a date by an amount, which may be negative, and writes it like `date`.",
        [
            Parameter("amount", "how many units", required: true),
            Parameter("unit", "`SECONDS`, `MINUTES`, `HOURS`, `DAYS`, `WEEKS`, `MONTHS`, `YEARS` …", required: true),
            .dateFormat, .timeZone, .existingFormat, .locale,
        ],
        examples: [
            Example("{{ '2024-01-31' | dateAdd(1, 'MONTHS', 'iso_local_date') }}", "2024-02-29"),
            Example(
                "{{ '2024-03-01T00:30:00Z' | dateAdd(-1, 'HOURS', timeZone='UTC') }}", "2024-02-29T23:30:00.000000Z"),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        let amount = try DateAmount.whole(try arguments.required(0))
        let unit = try DateAmount.unit(try arguments.requiredText(1, run))
        let zone = try DateConversion.zone(try arguments.text(3, run), run)
        let start = try DateConversion.moment(input, in: zone, existingFormat: try arguments.text(4, run))
        let moved = try DateConversion.translated { () throws(Problem) in try start.adding(amount, unit) }
        return .string(
            try DateConversion.text(
                of: moved, in: zone, format: try arguments.text(2, run), locale: try arguments.text(5, run))
        )
    }
}

private enum DateAmount {
    static func whole(_ value: Value) throws(ExpressionError) -> Int64 {
        if let number = Arithmetic.wholeNumber(value) { return number }
        if case .string(let text) = value, let number = Int64(text) { return number }
        throw .evaluation("The argument 'amount' of 'dateAdd' must be a whole number.")
    }

    static func unit(_ name: String) throws(ExpressionError) -> ChronoUnit {
        if let unit = ChronoUnit(rawValue: name) { return unit }
        throw .evaluation(
            "No enum constant java.time.temporal.ChronoUnit.\(name)",
            hint: "use one of \(ChronoUnit.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
