import FlowModel

/// What natives do with texts.
enum JqTexts {
    static func split(_ text: String, _ separator: String) -> [Value] {
        if text.isEmpty { return [] }
        if separator.isEmpty { return text.unicodeScalars.map { .string(String($0)) } }
        let (bytes, needle) = (Array(text.utf8), Array(separator.utf8))
        var (pieces, start) = ([Value](), 0)
        while let found = TextSearch.first(needle, in: bytes, from: start) {
            pieces.append(.string(String(decoding: bytes[start..<found], as: UTF8.self)))
            start = found + needle.count
        }
        return pieces + [.string(String(decoding: bytes[start...], as: UTF8.self))]
    }

    /// Positions in characters (scalars), overlapping ones too.
    static func positions(of part: String, in text: String) -> [Value] {
        let (scalars, wanted) = (Array(text.unicodeScalars), Array(part.unicodeScalars))
        return TextSearch.places(of: wanted, in: scalars).map { .int(Int64($0)) }
    }

    static func changingASCII(_ text: String, upper: Bool) -> String {
        String(
            decoding: text.utf8.map {
                let isLetter = upper ? 0x61...0x7A ~= $0 : 0x41...0x5A ~= $0
                return isLetter ? $0 ^ 0x20 : $0
            }, as: UTF8.self)
    }

    static func trimmed(_ text: String, start: Bool, end: Bool) -> String {
        var scalars = text.unicodeScalars[...]
        while start, scalars.first?.properties.isWhitespace ?? false { scalars.removeFirst() }
        while end, scalars.last?.properties.isWhitespace ?? false { scalars.removeLast() }
        return String(scalars)
    }

    static func imploded(_ codes: [Value]) throws(JqStop) -> String {
        var view = String.UnicodeScalarView()
        for code in codes {
            guard case .int(let number) = code else { throw .message("implode input must be an array of codepoints") }
            view.append(UInt32(exactly: number).flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}")
        }
        return String(view)
    }

    static func number(_ text: String) throws(JqStop) -> Value {
        let plain = trimmed(text, start: true, end: true)
        if let number = try? JSON.parse(plain), number.isNumber {
            if case .double(let double) = number { return JqNumber.value(double) }
            return number
        }
        if let number = Double(plain), plain.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }) {
            return JqNumber.value(number)
        }
        throw .message("Cannot parse '\(text)' as JSON")
    }

    /// A text as it is, anything else as JSON.
    static func text(of value: Value) -> String {
        if case .string(let text) = value { text } else { value.jsonText() }
    }
}
