import FlowModel

/// What counts as true for `and`, `or`, `not`, `if` and the ternary. Source: expressions spec §4.5.
enum Conditions {
    static func truth(
        of value: Value, in word: String, at offset: Int, _ run: Rendering
    ) throws(ExpressionError) -> Bool {
        switch value {
        case .bool(let flag): return flag
        case .string(let text): return !text.isEmpty
        case .int(let number): return number != 0
        case .double(let number): return number != 0 && !number.isNaN
        case .float(let number): return number != 0 && !number.isNaN
        case .decimal(let number): return !number.isZero
        case .null:
            throw ExpressionError.evaluation(
                "null value used in \(word) operator and strict variables is set to true",
                hint: "give it a value first: `(x ?? false)`"
            ).at(offset, in: run.source)
        case .list, .map, .moment, .duration:
            throw ExpressionError.evaluation(
                "Unsupported value type \(ClassNames.name(of: value)). Expected Boolean, String, Number in \(word)",
                hint: "ask what you mean: `x is not empty`"
            ).at(offset, in: run.source)
        }
    }
}
