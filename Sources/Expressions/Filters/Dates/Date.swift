import FlowModel

extension TemplateFilter {
    static let date = TemplateFilter(
        "date", "Writes a date in another form or zone.", [.dateFormat, .timeZone, .existingFormat, .locale],
        examples: [
            Example("{{ '2013-09-08T17:19:12+02:00' | date('yyyy-MM-dd HH:mm', timeZone='UTC') }}", "2013-09-08 15:19"),
            Example("{{ 1378653552 | date('iso_sec', timeZone='Europe/Paris') }}", "2013-09-08T17:19:12+02:00"),
            Example("{{ 'July 24, 2001' | date('yyyy-MM-dd', existingFormat='MMMM dd, yyyy') }}", "2001-07-24"),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        let zone = try DateConversion.zone(try arguments.text(1, run), run)
        let moment = try DateConversion.moment(input, in: zone, existingFormat: try arguments.text(2, run))
        return .string(
            try DateConversion.text(
                of: moment, in: zone, format: try arguments.text(0, run), locale: try arguments.text(3, run)))
    }
}
