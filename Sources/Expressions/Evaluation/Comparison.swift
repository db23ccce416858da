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
            for part in parts {
                guard try place(of: part, in: items, run) != nil else { return false }
            }
            return true
        case (.list(let items), _): return try place(of: other, in: items, run) != nil
        case (.map, .null): return false
        case (.map(let members), _): return members.keys.contains(try run.plainText(of: other))
        case (.string, .null): return false
        case (.string(let text), _):
            try run.read(bytes: text.utf8.count)
            return TextSearch.contains(try run.plainText(of: other), in: text)
        default:
            throw .evaluation("Contains operator can only be used on Collections, Maps and Strings")
        }
    }

    /// The first place of an item that is equal to `wanted`.
    static func place(
        of wanted: Value, in items: some Sequence<Value>, _ run: Rendering
    ) throws(ExpressionError) -> Int? {
        var place = 0
        for item in items {
            if place & 0x3F == 0 { try run.step() }
            if try run.equal(item, wanted) { return place }
            place += 1
        }
        return nil
    }

    /// `one isIn other`: by text.
    static func isIn(_ one: Value, _ other: Value, _ run: Rendering) throws(ExpressionError) -> Bool {
        if case .null = one { return false }
        let text = try run.plainText(of: one)
        switch other {
        case .list(let items): return try contains(text, in: items, run)
        case .map(let members):
            if members.keys.contains(text) { return true }
            return try contains(text, in: members.values, run)
        default: return false
        }
    }

    private static func contains(
        _ text: String, in items: some Sequence<Value>, _ run: Rendering
    ) throws(ExpressionError) -> Bool {
        for item in items {
            if case .null = item { continue }
            try run.step()
            if try run.plainText(of: item) == text { return true }
        }
        return false
    }
}
