import FlowModel

/// Equality, order and membership. Source: expressions spec §4.3, §4.4, §4.6.
enum Comparison {
    /// False with null on either side; numbers by value, texts by UTF-16 unit.
    static func ordered(
        _ one: Value, _ other: Value, named name: String, _ holds: (Int) -> Bool
    ) throws(ExpressionError) -> Bool {
        switch (one, other) {
        case (.null, _), (_, .null): return false
        case (.int(let a), .int(let b)): return holds(a < b ? -1 : a == b ? 0 : 1)
        case (.string(let a), .string(let b)): return holds(order(a, b))
        default:
            guard let a = one.asDouble, let b = other.asDouble else {
                throw .evaluation(
                    "invalid operands for mathematical comparison [\(name)]", hint: hint(for: one, other))
            }
            if a.isNaN || b.isNaN { return false }
            return holds(a < b ? -1 : a == b ? 0 : 1)
        }
    }

    private static func hint(for one: Value, _ other: Value) -> String? {
        switch (one, other) {
        case (.moment, _), (_, .moment): "compare dates by `date | timestamp`"
        case (.string, _), (_, .string): "turn the text into a number first: `text | number`"
        default: nil
        }
    }

    /// Negative, 0 or positive: order by UTF-16 code unit, as in Java.
    static func order(_ one: String, _ other: String) -> Int {
        if one.utf8.elementsEqual(other.utf8) { return 0 }
        return one.utf16.lexicographicallyPrecedes(other.utf16) ? -1 : 1
    }

    /// `one contains other`
    static func contains(_ one: Value, _ other: Value, _ run: Rendering) throws(ExpressionError) -> Bool {
        switch (one, other) {
        case (.null, _): return false
        case (.list(let items), .list(let parts)):
            try run.step(at: 0, weight: items.count * parts.count >> 6)
            return parts.allSatisfy { part in items.contains { $0.equals(part) } }
        case (.list(let items), _):
            try run.step(at: 0, weight: items.count >> 6)
            return items.contains { $0.equals(other) }
        case (.map(let members), _): return other != .null && members.keys.contains(run.plainText(of: other))
        case (.string, .null): return false
        case (.string(let text), _):
            return TextSearch.contains(run.plainText(of: other), in: text)
        default:
            throw .evaluation("Contains operator can only be used on Collections, Maps and Strings")
        }
    }

    /// `one isIn other`: by text.
    static func isIn(_ one: Value, _ other: Value, _ run: Rendering) -> Bool {
        if one == .null { return false }
        let text = run.plainText(of: one)
        switch other {
        case .list(let items): return items.contains { $0 != .null && run.plainText(of: $0) == text }
        case .map(let members):
            return members.keys.contains(text)
                || members.values.contains { $0 != .null && run.plainText(of: $0) == text }
        default: return false
        }
    }
}
