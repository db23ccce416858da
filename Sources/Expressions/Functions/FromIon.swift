import FlowModel

extension TemplateFunction {
    static let fromIon = TemplateFunction(
        "fromIon", "The first value of an Amazon Ion text.",
        [
            Parameter("ion", "the Ion text", required: true),
            Parameter("allRows", "whether a list of all values is wanted", default: false),
        ],
        examples: [
            Example("{{ fromIon('{a: 1}').a }}", "1"), Example("{{ fromIon('1 2', allRows=true) }}", "[1,2]"),
        ]
    ) { arguments, run throws(ExpressionError) in
        let wantsAll = try arguments.flag(1) ?? false
        switch arguments[0] {
        case .null: return .null
        case .string(let text):
            try run.allocate(ReadingWeight.of(text.utf8, count: text.utf8.count))
            do throws(Problem) {
                return try read(text, all: wantsAll)
            } catch {
                throw .evaluation("Invalid ion: \(error.what)" + (error.place.map { " at \($0)" } ?? ""))
            }
        default: throw .evaluation("The 'fromIon' function expects an argument 'ion' with type string.")
        }
    }

    private static func read(_ text: String, all: Bool) throws(Problem) -> Value {
        var reader = IonReader(text)
        guard all else { return try reader.next() ?? .null }
        var rows: [Value] = []
        while let row = try reader.next() { rows.append(row) }
        return .list(rows)
    }
}
