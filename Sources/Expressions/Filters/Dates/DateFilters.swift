/// The filters of dates, in the order in which they are shown.
extension FilterCatalogue {
    static let dates: [TemplateFilter] = [
        .date, .dateAdd, .timestamp, .timestampMilli, .timestampMicro, .timestampNano,
    ]
}
