import FlowModel

extension TemplateFunction {
    static let now = TemplateFunction(
        "now", "The current moment.", [.dateFormat, .timeZone, .existingFormat, .locale],
        examples: [Example("{{ now() }}"), Example("{{ now('yyyy-MM-dd', timeZone='Europe/Paris') }}")]
    ) { arguments, run throws(ExpressionError) in
        let zone = try DateConversion.zone(try arguments.text(1, run), run)
        return .string(
            try DateConversion.text(
                of: ZonedDateTime(run.world.now, in: zone), in: zone, format: try arguments.text(0, run),
                locale: try arguments.text(3, run)))
    }
}
