import FlowModel

/// Reads Amazon Ion text: the values one after the other. Source: expressions spec §10.6.
///
/// Structures become maps, lists and S-expressions lists, symbols and strings texts, decimals `.decimal`, floats
/// `.double`, timestamps dates or instants, blobs and clobs Base64 texts; annotations are dropped.
public struct IonReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    private static let depthLimit = 200

    public init(_ text: String) { bytes = Array(text.utf8) }
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next value; nil at the end of the text.
    /// - Throws: `ion.syntax` with line and column.
    public mutating func next() throws(Problem) -> Value? {
        while true {
            try skipBlanks()
            guard position < bytes.count else { return nil }
            let start = position
            let value = try value()
            let isVersionMarker = value == .string("$ion_1_0") && bytes[start] == UInt8(ascii: "$")
            if !isVersionMarker { return value }
        }
    }

    private func problem(_ what: String) -> Problem {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let column = before[(before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...].count + 1
        return Problem("ion.syntax", at: Place(line: line, column: column), what: what)
    }

    // MARK: - Bytes

    private func byte(_ offset: Int = 0) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

    private func startsWith(_ text: StaticString) -> Bool {
        guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() throws(Problem) {
        while position < bytes.count {
            if Lexer.isBlank(byte()) {
                position += 1
            } else if startsWith("//") {
                while position < bytes.count, byte() != 0x0A, byte() != 0x0D { position += 1 }
            } else if startsWith("/*") {
                while !startsWith("*/") {
                    guard position < bytes.count else { throw problem("the comment has no end") }
                    position += 1
                }
                position += 2
            } else {
                return
            }
        }
    }

    // MARK: - Values

    private mutating func value() throws(Problem) -> Value {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw problem("values are nested too deeply") }
        try skipBlanks()
        if startsWith("'''") { return .string(try longString()) }
        switch byte() {
        case UInt8(ascii: "{"): return startsWith("{{") ? try blob() : try structure()
        case UInt8(ascii: "["): return try sequence(until: "]", separated: true)
        case UInt8(ascii: "("): return try sequence(until: ")", separated: false)
        case UInt8(ascii: "\""): return .string(try quoted())
        case UInt8(ascii: "'"):
            let symbol = try quoted()
            return try annotated(.string(symbol))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "-"), UInt8(ascii: "+"):
            if startsWith("+inf") || startsWith("-inf") {
                let infinity = Double.infinity
                let sign = byte()
                position += 4
                return .double(sign == UInt8(ascii: "-") ? -infinity : infinity)
            }
            return try number()
        default:
            let word = try identifier()
            switch word {
            case "true": return true
            case "false": return false
            case "nan": return .double(.nan)
            case "null":
                if take(".") { _ = try identifier() }
                return .null
            default: return try annotated(.string(word))
            }
        }
    }

    /// `a::value`: the annotation is dropped.
    private mutating func annotated(_ symbol: Value) throws(Problem) -> Value {
        let start = position
        try skipBlanks()
        guard startsWith("::") else {
            position = start
            return symbol
        }
        position += 2
        return Self.typed(try value(), by: symbol)
    }

    /// The dates that are written as annotated texts.
    private static func typed(_ value: Value, by annotation: Value) -> Value {
        guard case .string(let name) = annotation, case .string(let text) = value else { return value }
        switch name {
        case "ZonedDateTime", "OffsetDateTime":
            return (try? ZonedDateTime(iso: text)).map { .moment(.zoned($0)) } ?? value
        case "Duration": return (try? ISODuration(text)).map { .duration($0) } ?? value
        default: return value
        }
    }

    private mutating func identifier() throws(Problem) -> String {
        let start = position
        while position < bytes.count {
            let letter = byte() | 0x20
            let isPart =
                (letter >= 0x61 && letter <= 0x7A) || (byte() >= 0x30 && byte() <= 0x39) || byte() == 0x5F
                || byte() == 0x24
            guard isPart else { break }
            position += 1
        }
        guard position > start else { throw problem("unexpected character") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func structure() throws(Problem) -> Value {
        position += 1
        var members = ValueMap()
        while true {
            try skipBlanks()
            if take("}") { return .map(members) }
            if !members.isEmpty {
                guard take(",") else { throw problem("expected , or }") }
                try skipBlanks()
                if take("}") { return .map(members) }
            }
            let name: String
            if startsWith("'''") {
                name = try longString()
            } else if byte() == UInt8(ascii: "\"") || byte() == UInt8(ascii: "'") {
                name = try quoted()
            } else {
                name = try identifier()
            }
            try skipBlanks()
            guard take(":") else { throw problem("expected : after a field name") }
            members[name] = try value()
        }
    }

    private mutating func sequence(until end: Unicode.Scalar, separated: Bool) throws(Problem) -> Value {
        position += 1
        var items: [Value] = []
        while true {
            try skipBlanks()
            if take(end) { return .list(items) }
            if separated, !items.isEmpty {
                guard take(",") else { throw problem("expected , or \(end)") }
                try skipBlanks()
                if take(end) { return .list(items) }
            }
            guard position < bytes.count else { throw problem("expected \(end)") }
            items.append(try value())
        }
    }

    private mutating func blob() throws(Problem) -> Value {
        position += 2
        try skipBlanks()
        if byte() == UInt8(ascii: "\"") || startsWith("'''") {
            let text = startsWith("'''") ? try longString() : try quoted()
            try skipBlanks()
            guard startsWith("}}") else { throw problem("expected }}") }
            position += 2
            return .string(Base64.encoded(Array(text.utf8)))
        }
        let start = position
        while !startsWith("}}") {
            guard position < bytes.count else { throw problem("expected }}") }
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let content = Base64.decoded(text, ignoringLineEnds: true) else { throw problem("a blob is no Base64") }
        position += 2
        return .string(Base64.encoded(content))
    }

    // MARK: - Texts

    private mutating func quoted() throws(Problem) -> String {
        let mark = byte()
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let next = byte()
            position += 1
            if next == mark { return String(decoding: text, as: UTF8.self) }
            if next == UInt8(ascii: "\\") { try escape(&text) } else { text.append(next) }
        }
        throw problem("a text has no closing quote")
    }

    /// `'''a''' '''b'''` is one text.
    private mutating func longString() throws(Problem) -> String {
        var text: [UInt8] = []
        while startsWith("'''") {
            position += 3
            while !startsWith("'''") {
                guard position < bytes.count else { throw problem("a text has no closing quotes") }
                let next = byte()
                position += 1
                if next == UInt8(ascii: "\\") { try escape(&text) } else { text.append(next) }
            }
            position += 3
            try skipBlanks()
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape(_ text: inout [UInt8]) throws(Problem) {
        let letter = byte()
        position += 1
        switch letter {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "a"): text.append(0x07)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "v"): text.append(0x0B)
        case UInt8(ascii: "0"): text.append(0)
        case 0x0A: break
        case 0x0D: if byte() == 0x0A { position += 1 }
        case UInt8(ascii: "x"): try unicode(digits: 2, &text)
        case UInt8(ascii: "u"): try unicode(digits: 4, &text)
        case UInt8(ascii: "U"): try unicode(digits: 8, &text)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"), UInt8(ascii: "?"):
            text.append(letter)
        default: throw problem("unknown escape")
        }
    }

    private mutating func unicode(digits: Int, _ text: inout [UInt8]) throws(Problem) {
        guard position + digits <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<(position + digits)], as: UTF8.self), radix: 16)
        else { throw problem("an escape needs \(digits) hexadecimal digits") }
        position += digits
        var value = code
        if (0xD800..<0xDC00).contains(code), startsWith("\\u"), position + 6 <= bytes.count,
            let low = UInt32(String(decoding: bytes[(position + 2)..<(position + 6)], as: UTF8.self), radix: 16),
            (0xDC00..<0xE000).contains(low)
        {
            position += 6
            value = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        text += Array(String(Unicode.Scalar(value).map(Character.init) ?? "\u{FFFD}").utf8)
    }

    // MARK: - Numbers and timestamps

    private mutating func number() throws(Problem) -> Value {
        let start = position
        while position < bytes.count, Self.isNumberPart(byte()) || isExponentSign { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let moment = Self.timestamp(text) { return moment }
        let plain = text.filter { $0 != "_" }
        if let whole = Self.integer(plain) { return whole }
        if plain.contains(where: { $0 == "e" || $0 == "E" }), let number = Double(plain) { return .double(number) }
        let written = plain.map { $0 == "d" || $0 == "D" ? "e" : String($0) }.joined()
        let complete = written.hasSuffix(".") ? written + "0" : written.replacingDotBeforeExponent
        if let decimal = Decimal(complete) { return .decimal(decimal) }
        position = start
        throw problem("\"\(text)\" is no number")
    }

    private static func integer(_ text: String) -> Value? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? String(text.dropFirst()) : text
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2)] where digits.hasPrefix(prefix) {
            return Int64((isNegative ? "-" : "") + digits.dropFirst(2), radix: radix).map { .int($0) }
        }
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int64(text).map { .int($0) } ?? Decimal(text).map { .decimal($0) }
    }

    private static func isNumberPart(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7A) || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-")
    }

    /// `+` only at the beginning, after an exponent's letter or as the offset of a timestamp.
    private var isExponentSign: Bool { byte() == UInt8(ascii: "+") }

    /// `2013T`, `2013-09T`, `2013-09-08`, `2013-09-08T16:19Z` and finer ones.
    private static func timestamp(_ text: String) -> Value? {
        guard text.utf8.count >= 5, text.utf8.prefix(4).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let next = text.utf8.dropFirst(4).first
        guard next == UInt8(ascii: "T") || next == UInt8(ascii: "-") else { return nil }
        var date = text
        if date.hasSuffix("T") { date.removeLast() }
        if date.utf8.count == 4 { date += "-01-01" }
        if date.utf8.count == 7 { date += "-01" }
        if date.utf8.count == 10 { return (try? LocalDate(iso: date)).map { .moment(.localDate($0)) } }
        let withOffset = date.hasSuffix("-00:00") ? date.dropLast(6) + "Z" : date
        return (try? ZonedDateTime(iso: withOffset)).map { .moment(.instant($0.instant)) }
    }
}

extension String {
    /// `12.e3` is written `12e3`.
    fileprivate var replacingDotBeforeExponent: String {
        guard let dot = firstIndex(of: "."), index(after: dot) < endIndex, self[index(after: dot)] == "e" else {
            return self
        }
        return String(self[..<dot]) + self[index(after: dot)...]
    }
}
