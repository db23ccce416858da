import FlowModel

extension TemplateFilter {
    static let slice = TemplateFilter(
        "slice", "A part of a text or list.",
        [
            Parameter("fromIndex", "the first place, counted from 0", default: 0),
            Parameter("toIndex", "the place before which the part ends; the end if left out"),
        ],
        makes: .items,
        examples: [Example("{{ 'Alexander' | slice(2, 5) }}", "exa"), Example("{{ [1, 2, 3] | slice(1) }}", "[2,3]")]
    ) { input, arguments, _ throws(ExpressionError) in
        switch input {
        case .string(let text):
            let units = Array(text.utf16)
            let range = try bounds(arguments, count: units.count)
            return .string(String(decoding: units[range], as: UTF16.self))
        case .list(let items): return .list(Array(items[try bounds(arguments, count: items.count)]))
        default:
            throw .evaluation(
                "Slice filter can only be applied to String, List and array inputs. Actual type was: "
                    + ClassNames.name(of: input))
        }
    }

    private static func bounds(_ arguments: Arguments, count: Int) throws(ExpressionError) -> Range<Int> {
        let start = try arguments.integer(0) ?? 0
        guard start >= 0 else { throw .evaluation("fromIndex must be greater than 0") }
        let end = try arguments.integer(1) ?? count
        guard end >= start else { throw .evaluation("toIndex must be greater than fromIndex") }
        guard start <= count else { throw .evaluation("fromIndex must be smaller than input size: \(count)") }
        guard end <= count else { throw .evaluation("toIndex must be smaller than input size: \(count)") }
        return start..<end
    }
}
