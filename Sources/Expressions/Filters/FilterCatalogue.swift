/// The filters, in the order in which they are shown.
enum FilterCatalogue {
    static let all: [TemplateFilter] = [
        .upper, .lower, .default, .toJson, .json,
    ]
}
