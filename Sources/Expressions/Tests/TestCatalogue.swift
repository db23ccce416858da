/// The tests, in the order in which they are shown.
enum TestCatalogue {
    static let all: [TemplateTest] = [
        .defined, .null, .empty, .even, .odd, .iterable, .map, .json,
    ]
}
