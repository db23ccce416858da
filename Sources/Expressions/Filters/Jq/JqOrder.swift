import FlowModel

/// The order of all values: null, false, true, numbers, texts, arrays, objects.
enum JqOrder {
    static func compare(_ one: Value, _ other: Value) -> Int {
        let (left, right) = (rank(one), rank(other))
        if left != right { return left < right ? -1 : 1 }
        switch (one, other) {
        case (.string(let one), .string(let other)):
            return one == other ? 0 : (one.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1)
        case (.list(let one), .list(let other)): return compare(one, other)
        case (.map(let one), .map(let other)):
            let (names, otherNames) = (sortedKeys(one), sortedKeys(other))
            let byNames = compare(names.map { .string($0) }, otherNames.map { .string($0) })
            return byNames != 0 ? byNames : compare(names.map { one[$0] ?? .null }, names.map { other[$0] ?? .null })
        default:
            switch one.order(to: other) {
            case .before: return -1
            case .after: return 1
            // A NaN is less than every number.
            case .unordered: return one.asDouble?.isNaN ?? false ? -1 : 1
            case .same, nil: return 0
            }
        }
    }

    private static func compare(_ one: [Value], _ other: [Value]) -> Int {
        for (left, right) in zip(one, other) {
            let order = compare(left, right)
            if order != 0 { return order }
        }
        return one.count == other.count ? 0 : (one.count < other.count ? -1 : 1)
    }

    static func sortedKeys(_ members: ValueMap) -> [String] {
        members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func rank(_ value: Value) -> Int {
        switch value {
        case .null: 0
        case .bool(false): 1
        case .bool(true): 2
        case .int, .float, .double, .decimal: 3
        case .string, .moment, .duration: 4
        case .list: 5
        case .map: 6
        }
    }

    static func typeName(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int, .float, .double, .decimal: "number"
        case .string, .moment, .duration: "string"
        case .list: "array"
        case .map: "object"
        }
    }

    /// `number (5)`, the value cut to a few characters.
    static func described(_ value: Value) -> String {
        if case .null = value { return "null" }
        if Weights.items(in: value, upTo: 100) > 100 { return "\(typeName(value)) (…)" }
        if case .string(let text) = value, text.utf8.count > 1000 { return "string (…)" }
        let text = value.jsonText()
        let shown = text.count > 30 ? text.prefix(27) + "..." : text[...]
        return "\(typeName(value)) (\(shown))"
    }
}

extension JqComparison {
    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .unequal: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}

extension Value {
    /// Everything but null and false.
    var isTruthy: Bool {
        switch self {
        case .null, .bool(false): false
        default: true
        }
    }
}
