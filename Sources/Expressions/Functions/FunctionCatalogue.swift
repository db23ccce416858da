/// The functions, in the order in which they are shown.
enum FunctionCatalogue {
    static let all: [TemplateFunction] = [
        .range,
    ]
}
