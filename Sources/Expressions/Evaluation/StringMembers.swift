import FlowModel

/// Attributes and methods of texts. Lengths and places count UTF-16 units, as in the original.
enum StringMembers {
    static func call(
        _ name: String, of text: String, _ arguments: [Value], _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch arguments.count {
        case 0: return withoutArguments(name, of: text)
        case 1:
            guard case .string(let one) = arguments[0] else { return nil }
            return try with(one, name, of: text, run)
        case 2:
            guard case .string(let one) = arguments[0], case .string(let other) = arguments[1] else { return nil }
            return try with(one, other, name, of: text, run)
        default: return nil
        }
    }

    private static func withoutArguments(_ name: String, of text: String) -> Value? {
        switch name {
        case "length": .int(Int64(text.utf16.count))
        case "empty": .bool(text.isEmpty)
        case "blank": .bool(text.isBlank)
        case "touppercase": .string(text.uppercased())
        case "tolowercase": .string(text.lowercased())
        case "trim": .string(text.javaTrimmed)
        case "strip": .string(text.stripped(leading: true, trailing: true))
        case "stripleading": .string(text.stripped(leading: true, trailing: false))
        case "striptrailing": .string(text.stripped(leading: false, trailing: true))
        case "tostring", "intern": .string(text)
        default: nil
        }
    }

    private static func with(
        _ one: String, _ name: String, of text: String, _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch name {
        case "startswith": return .bool(text.utf8.starts(with: one.utf8))
        case "endswith": return .bool(text.utf8.reversed().starts(with: one.utf8.reversed()))
        case "contains": return .bool(TextSearch.contains(one, in: text))
        case "indexof":
            let bytes = Array(text.utf8)
            return .int(utf16Count(bytes, before: TextSearch.first(Array(one.utf8), in: bytes, from: 0)))
        case "lastindexof":
            let bytes = Array(text.utf8)
            return .int(utf16Count(bytes, before: TextSearch.last(Array(one.utf8), in: bytes)))
        case "concat": return .string(text + one)
        case "equals": return .bool(text == one)
        case "equalsignorecase": return .bool(text.lowercased() == one.lowercased())
        case "compareto": return .int(Int64(Comparison.order(text, one)))
        case "matches": return .bool(try Pattern.cached(one).matchesWhole(text, run))
        case "split": return .list(try Pattern.cached(one).split(text, limit: 0, run).map { .string($0) })
        default: return nil
        }
    }

    private static func with(
        _ one: String, _ other: String, _ name: String, of text: String, _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch name {
        case "replace":
            return .string(try TextSearch.replacing(one, with: other, in: text, limit: run.scope.limits.outputBytes))
        case "replaceall": return .string(try Pattern.cached(one).replacing(in: text, with: other, run))
        case "replacefirst":
            return .string(try Pattern.cached(one).replacing(in: text, with: other, onlyFirst: true, run))
        default: return nil
        }
    }

    private static func utf16Count(_ bytes: [UInt8], before offset: Int?) -> Int64 {
        guard let offset else { return -1 }
        return Int64(String(decoding: bytes[..<offset], as: UTF8.self).utf16.count)
    }
}

extension String {
    /// Only white space, or nothing.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    /// Without the characters up to the blank (U+0020) at both ends.
    var javaTrimmed: String {
        var rest = utf8[...]
        while let first = rest.first, first <= 0x20 { rest.removeFirst() }
        while let last = rest.last, last <= 0x20 { rest.removeLast() }
        return rest.count == utf8.count ? self : String(decoding: rest, as: UTF8.self)
    }

    /// Without white space at the ends.
    func stripped(leading: Bool, trailing: Bool) -> String {
        var rest = unicodeScalars[...]
        while leading, let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
        while trailing, let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
