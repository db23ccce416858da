/// Reads tokens of one print or tag, on demand: the parser holds one token and asks for the next.
///
/// Works on the UTF-8 bytes of the template. Source: expressions spec §2.
struct Lexer {
    let source: String
    let bytes: [UInt8]
    /// The blocks that `{% raw %}` protects, markers included, ascending.
    let rawBlocks: [Range<Int>]
    private(set) var position = 0
    /// Where the current token starts and where the one before it ended.
    private(set) var tokenStart = 0
    private(set) var previousEnd = 0
    private(set) var token: Token = .end
    /// Whether the dash of the last close asked to trim the text behind it.
    private(set) var closeTrims = false

    private var brackets: [UInt8] = []
    /// Tokens so far, and how many there may be.
    private var count = 0
    private static let most = 200_000
    /// `}` inside a print, `%` inside a tag: the first byte of what closes it.
    private var closer: UInt8 = 0

    init(_ source: String) {
        self.source = source
        bytes = Array(source.utf8)
        rawBlocks = RawBlocks.find(in: bytes)
    }

    /// Begins a print (`closer` is `}`) or a tag (`%`) whose inside starts at `position`.
    mutating func enter(at position: Int, closer: UInt8) throws(ExpressionError) {
        self.position = position
        self.closer = closer
        brackets.removeAll(keepingCapacity: true)
        try advance()
    }

    func error(_ message: String, at offset: Int? = nil, hint: String? = nil) -> ExpressionError {
        ExpressionError(.parse, message, hint: hint).at(offset ?? tokenStart, in: source)
    }

    // MARK: - Tokens

    mutating func advance() throws(ExpressionError) {
        previousEnd = position
        count += 1
        guard count <= Self.most else {
            throw error("The template has more than \(Self.most) names, numbers and signs")
        }
        skipBlanks()
        tokenStart = position
        guard position < bytes.count else { return token = .end }
        if brackets.isEmpty, readClose() { return token = .close }
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            try readWord()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            try readNumber()
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            position += 1
            token = .quote(byte)
        default:
            try readSymbol(byte)
        }
    }

    /// What follows the current token, looking only at the next non-blank byte and the one after it.
    func nextBytes() -> (UInt8, UInt8) {
        var next = position
        while next < bytes.count, Self.isBlank(bytes[next]) { next += 1 }
        return (byte(at: next), byte(at: next + 1))
    }

    func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private mutating func skipBlanks() {
        while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    }

    private mutating func readClose() -> Bool {
        var next = position
        closeTrims = bytes[next] == UInt8(ascii: "-")
        if closeTrims { next += 1 }
        guard byte(at: next) == closer, byte(at: next + 1) == UInt8(ascii: "}") else { return false }
        position = next + 2
        return true
    }

    private mutating func readWord() throws(ExpressionError) {
        let start = position
        guard let end = Self.endOfName(in: bytes, from: start) else {
            throw error("Unexpected character \"\(firstCharacter(at: start))\"")
        }
        position = end
        token = keyword(start..<end) ?? .name(text(start..<end))
    }

    /// The end of the name that starts at `start`; nil when none does.
    static func endOfName(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
                let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                guard isLetter || byte == UInt8(ascii: "_") || (isDigit && index > start) else { break }
                index += 1
            } else {
                let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
                let end = min(index + length, bytes.count)
                guard let scalar = String(decoding: bytes[index..<end], as: UTF8.self).unicodeScalars.first,
                    isNamePart(scalar, first: index == start)
                else { break }
                index = end
            }
        }
        return index > start ? index : nil
    }

    private static func isNamePart(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        case .decimalNumber: !first
        default: false
        }
    }

    private mutating func keyword(_ range: Range<Int>) -> Token? {
        switch range.count {
        case 2:
            if matches("or", range) { return .symbol(.or) }
            guard matches("is", range) else { return nil }
            guard byte(at: range.upperBound) == 0x20 else { return .symbol(.isTest) }
            let next = range.upperBound + 1
            guard let end = Self.endOfName(in: bytes, from: next), matches("not", next..<end) else {
                return .symbol(.isTest)
            }
            position = end
            return .symbol(.isNotTest)
        case 3:
            if matches("and", range) { return .symbol(.and) }
            if matches("not", range) { return .symbol(.not) }
        case 4:
            if matches("isIn", range) { return .symbol(.isIn) }
        case 6:
            if matches("equals", range) { return .symbol(.equal) }
        case 8:
            if matches("contains", range) { return .symbol(.contains) }
        default: break
        }
        return nil
    }

    private func matches(_ word: StaticString, _ range: Range<Int>) -> Bool {
        guard word.utf8CodeUnitCount == range.count else { return false }
        let start = word.utf8Start
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != start[offset] { return false }
        return true
    }

    private mutating func readNumber() throws(ExpressionError) {
        let start = position
        skipDigits()
        if byte(at: position) == UInt8(ascii: "L") {
            token = .integer(try integer(start..<position))
            position += 1
            return
        }
        let hasFraction = byte(at: position) == UInt8(ascii: ".") && isDigit(byte(at: position + 1))
        guard hasFraction else { return token = .integer(try integer(start..<position)) }
        position += 1
        skipDigits()
        guard let number = Double(text(start..<position)) else {
            throw error("\"\(text(start..<position))\" is not a valid number")
        }
        token = .double(number)
    }

    private mutating func skipDigits() {
        while isDigit(byte(at: position)) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private func integer(_ range: Range<Int>) throws(ExpressionError) -> Int64 {
        var number: Int64 = 0
        for byte in bytes[range] {
            let (tenfold, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tenfold.addingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
            if tooLarge || overflow { throw error("\"\(text(range))\" does not fit into a 64-bit integer") }
            number = sum
        }
        return number
    }

    private mutating func readSymbol(_ byte: UInt8) throws(ExpressionError) {
        let next = self.byte(at: position + 1)
        switch byte {
        case UInt8(ascii: "="): next == byte ? take(.equal, 2) : takePunctuation(byte)
        case UInt8(ascii: "!"):
            guard next == UInt8(ascii: "=") else { throw unexpectedCharacter() }
            take(.notEqual, 2)
        case UInt8(ascii: ">"): next == UInt8(ascii: "=") ? take(.greaterOrEqual, 2) : take(.greater, 1)
        case UInt8(ascii: "<"): next == UInt8(ascii: "=") ? take(.lessOrEqual, 2) : take(.less, 1)
        case UInt8(ascii: "+"): take(.add, 1)
        case UInt8(ascii: "-"): take(.subtract, 1)
        case UInt8(ascii: "*"): take(.multiply, 1)
        case UInt8(ascii: "/"): take(.divide, 1)
        case UInt8(ascii: "%"): take(.remainder, 1)
        case UInt8(ascii: "|"): take(.filter, 1)
        case UInt8(ascii: "~"): take(.concatenate, 1)
        case UInt8(ascii: "."): next == byte ? take(.range, 2) : takePunctuation(byte)
        case UInt8(ascii: "?"):
            guard next == byte else { return takePunctuation(byte) }
            self.byte(at: position + 2) == byte ? take(.coalesceUndefined, 3) : take(.coalesceNull, 2)
        case UInt8(ascii: ":"), UInt8(ascii: ","): takePunctuation(byte)
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            brackets.append(byte == UInt8(ascii: "(") ? UInt8(ascii: ")") : byte + 2)
            takePunctuation(byte)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard brackets.last == byte else { throw error("Unexpected \"\(Character(Unicode.Scalar(byte)))\"") }
            brackets.removeLast()
            takePunctuation(byte)
        default: throw unexpectedCharacter()
        }
    }

    private func unexpectedCharacter() -> ExpressionError {
        let hint: String? =
            switch byte(at: position) {
            case UInt8(ascii: "&"): "write `and`"
            case UInt8(ascii: "!"): "write `not`"
            case UInt8(ascii: "$"): "`$` is no part of a name; write context['$name'] style subscripts for such keys"
            default: nil
            }
        return error("Unexpected character \"\(firstCharacter(at: position))\"", at: position, hint: hint)
    }

    private func firstCharacter(at index: Int) -> Character {
        String(decoding: bytes[index..<min(index + 16, bytes.count)], as: UTF8.self).first ?? "?"
    }

    private mutating func take(_ symbol: Operator, _ length: Int) {
        position += length
        token = .symbol(symbol)
    }

    private mutating func takePunctuation(_ byte: UInt8) {
        position += 1
        token = .punctuation(byte)
    }

    // MARK: - Strings

    /// How a piece of a string ends.
    enum StringEnd { case quote, interpolation }

    /// The piece of a string up to its closing quote, or to `#{` in a string of double quotes. Only the delimiting
    /// quote can be escaped. Source: expressions spec §3.1.
    mutating func stringPart(_ quote: UInt8) throws(ExpressionError) -> (text: String, end: StringEnd) {
        var start = position
        var unescaped: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote {
                let text = finished(unescaped, start..<position)
                position += 1
                return (text, .quote)
            }
            if byte == UInt8(ascii: "\\"), self.byte(at: position + 1) == quote {
                unescaped += bytes[start..<position]
                unescaped.append(quote)
                position += 2
                start = position
            } else if byte == UInt8(ascii: "#"), quote == UInt8(ascii: "\""),
                self.byte(at: position + 1) == UInt8(ascii: "{")
            {
                let text = finished(unescaped, start..<position)
                position += 2
                brackets.append(UInt8(ascii: "}"))
                return (text, .interpolation)
            } else if byte == UInt8(ascii: "{"), let block = rawBlock(at: position) {
                position = block.upperBound
            } else {
                position += 1
            }
        }
        throw error("The string that begins here has no closing quote")
    }

    private func finished(_ unescaped: [UInt8], _ rest: Range<Int>) -> String {
        unescaped.isEmpty ? text(rest) : String(decoding: unescaped + bytes[rest], as: UTF8.self)
    }

    func rawBlock(at index: Int) -> Range<Int>? {
        rawBlocks.isEmpty ? nil : rawBlocks.first { $0.lowerBound == index }
    }
}
