extension TemplateFunction {
    static let range = TemplateFunction(
        "range", "The numbers or characters from `start` to `end`, both included.",
        [
            Parameter("start", "the first number or character", required: true),
            Parameter("end", "the last one that may occur", required: true),
            Parameter("increment", "the distance between two numbers", default: 1),
        ],
        examples: [Example("{{ range(1, 3) }}", "[1,2,3]"), Example("{{ range('a', 'c') }}", #"["a","b","c"]"#)]
    ) { arguments, run throws(ExpressionError) in
        let start = try arguments.required(0)
        let end = try arguments.required(1)
        return try RangeMaker.list(from: start, through: end, by: arguments[2] ?? 1, run)
    }
}
