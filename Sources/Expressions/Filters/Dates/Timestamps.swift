import FlowModel

extension TemplateFilter {
    static let timestamp = epochFilter(
        "timestamp", "The seconds since 1970 of a date.",
        Example("{{ '2013-09-08T15:19:12Z' | timestamp }}", "1378653552")
    ) { .int($0.seconds) }

    static let timestampMilli = epochFilter(
        "timestampMilli", "The milliseconds since 1970 of a date, as text.",
        Example("{{ '2013-09-08T15:19:12.123Z' | timestampMilli }}", "1378653552123")
    ) { .string(count(of: $0, digits: 3)) }

    static let timestampMicro = epochFilter(
        "timestampMicro", "The microseconds since 1970 of a date, as text.",
        Example("{{ '2013-09-08T15:19:12.123456Z' | timestampMicro }}", "1378653552123456")
    ) { .string(count(of: $0, digits: 6)) }

    static let timestampNano = epochFilter(
        "timestampNano", "The nanoseconds since 1970 of a date, as text.",
        Example("{{ '2013-09-08T15:19:12.123456Z' | timestampNano }}", "1378653552123456000")
    ) { .string(count(of: $0, digits: 9)) }

    private static func epochFilter(
        _ name: String, _ summary: String, _ example: Example, _ result: @escaping @Sendable (Instant) -> Value
    ) -> TemplateFilter {
        TemplateFilter(name, summary, [.timeZone, .existingFormat], examples: [example]) {
            input, arguments, run throws(ExpressionError) in
            let zone = try DateConversion.zone(try arguments.text(0, run), run)
            return result(
                try DateConversion.moment(input, in: zone, existingFormat: try arguments.text(1, run)).instant)
        }
    }

    /// Units of 10⁻ᵈⁱᵍⁱᵗˢ seconds since 1970, rounded down.
    private static func count(of instant: Instant, digits: Int) -> String {
        let perSecond = (0..<digits).reduce(Int128(1)) { power, _ in power * 10 }
        return String(Int128(instant.seconds) * perSecond + Int128(instant.nanoseconds) * perSecond / 1_000_000_000)
    }
}
