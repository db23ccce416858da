import FlowModel

extension TemplateFilter {
    static let sort = TemplateFilter(
        "sort", "The items of a list in ascending order: all texts, or all numbers, or all dates of one kind.",
        makes: .items, examples: [Example("{{ [3, 1, 2] | sort }}", "[1,2,3]")]
    ) { input, _, run throws(ExpressionError) in try Sorting.sorted(input, "sort", run) }
}

enum Sorting {
    static func sorted(
        _ input: Value, _ name: String, descending: Bool = false, _ run: Rendering
    ) throws(ExpressionError) -> Value {
        guard case .list(let items) = input else {
            throw .evaluation("Unsupported input type for \(name) filter: \(ClassNames.name(of: input))")
        }
        try run.step(weight: items.count >> 4)
        var order: ((Value, Value) -> Bool)?
        if items.allSatisfy({ $0.string != nil }) {
            order = { Comparison.order($0.string ?? "", $1.string ?? "") < 0 }
        } else if items.allSatisfy(\.isNumber) {
            order = { $0.order(to: $1) == .before }
        } else if items.allSatisfy({ $0.bool != nil }) {
            order = { $0.bool == false && $1.bool == true }
        } else if let keys = MomentOrder.keys(of: items) {
            let sorted = zip(items, keys).sorted { descending ? $1.1 < $0.1 : $0.1 < $1.1 }.map(\.0)
            return .list(sorted)
        }
        guard let order else {
            throw .evaluation("The items for the \(name) filter cannot be compared with each other.")
        }
        return .list(items.sorted { descending ? order($1, $0) : order($0, $1) })
    }
}

/// What dates are sorted by.
enum MomentOrder {
    /// A comparable key for each; nil unless all are dates of one kind.
    static func keys(of items: [Value]) -> [Instant]? {
        var keys: [Instant] = []
        var kind: String?
        for item in items {
            guard case .moment(let moment) = item else { return nil }
            let name = ClassNames.name(of: item)
            guard kind == nil || kind == name else { return nil }
            kind = name
            switch moment {
            case .zoned(let zoned): keys.append(zoned.instant)
            case .instant(let instant), .legacy(let instant): keys.append(instant)
            case .localDateTime(let local): keys.append(local.instant(offset: 0))
            case .localDate(let date): keys.append(date.at(.midnight).instant(offset: 0))
            }
        }
        return keys
    }
}
