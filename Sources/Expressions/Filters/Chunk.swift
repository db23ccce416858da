import FlowModel

extension TemplateFilter {
    static let chunk = TemplateFilter(
        "chunk", "The items of a list in lists of at most so many.",
        [Parameter("size", "the most items of each", required: true)],
        examples: [Example("{{ [1, 2, 3] | chunk(2) }}", "[[1,2],[3]]")]
    ) { input, arguments, run throws(ExpressionError) in
        guard case .list(let items) = input else {
            throw .evaluation(
                "'chunk' filter can only be applied to List. Actual type was: \(ClassNames.name(of: input))")
        }
        _ = try arguments.required(0)
        guard let size = try arguments.integer(0), size > 0 else {
            throw .evaluation("The size of the 'chunk' filter must be greater than 0.")
        }
        try run.allocate(Weights.list(items.count) + (items.count / size + 1) * (Weights.item + 32))
        return .list(
            stride(from: 0, to: items.count, by: size).map { start in
                .list(Array(items[start..<min(start + min(size, items.count), items.count)]))
            })
    }
}
