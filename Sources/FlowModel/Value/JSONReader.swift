import OrderedCollections

/// A pass over the bytes of one JSON text.
struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    /// The items, names and hashes of names of the lists and maps that are still open, the innermost last.
    private var values: [Value] = []
    private var names: [String] = []
    private var hashes: [UInt64] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func document(ignoringRest: Bool) throws(Problem) -> Value {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipBlanks()
        let result = try value()
        skipBlanks()
        if position < bytes.count, !ignoringRest { throw unexpected("after the end of the value") }
        return result
    }

    private mutating func value() throws(Problem) -> Value {
        guard position < bytes.count else { throw unexpected("where a value should stand") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "{"):
            return try nested { (reader) throws(Problem) in try reader.map() }
        case UInt8(ascii: "["):
            return try nested { (reader) throws(Problem) in try reader.list() }
        case UInt8(ascii: "-"), 0x30...0x39:
            return try number()
        case UInt8(ascii: "t"):
            return try word("true", .bool(true))
        case UInt8(ascii: "f"):
            return try word("false", .bool(false))
        case UInt8(ascii: "n"):
            return try word("null", .null)
        default:
            throw unexpected("where a value should stand")
        }
    }

    private mutating func nested(_ read: (inout JSONReader) throws(Problem) -> Value) throws(Problem) -> Value {
        depth += 1
        guard depth <= JSON.depthLimit else {
            throw problem("lists and maps are nested more than \(JSON.depthLimit) deep")
        }
        position += 1
        skipBlanks()
        let result = try read(&self)
        depth -= 1
        return result
    }

    private mutating func list() throws(Problem) -> Value {
        if take(UInt8(ascii: "]")) { return .list([]) }
        let start = values.count
        while true {
            let item = try value()
            values.append(item)
            skipBlanks()
            if take(UInt8(ascii: ",")) {
                skipBlanks()
            } else if take(UInt8(ascii: "]")) {
                let items = Array(values[start...])
                values.removeSubrange(start...)
                return .list(items)
            } else {
                throw unexpected("where \",\" or \"]\" should stand")
            }
        }
    }

    private mutating func map() throws(Problem) -> Value {
        if take(UInt8(ascii: "}")) { return .map([:]) }
        let (start, firstName) = (values.count, names.count)
        var isSimple = true
        while true {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("where the name of a member should stand")
            }
            let nameStart = position + 1
            names.append(try string())
            let (hash, isASCII) = hash(from: nameStart, to: position)
            isSimple = isSimple && isASCII && hashes.count - firstName < 64 && !hashes[firstName...].contains(hash)
            hashes.append(hash)
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw unexpected("where \":\" should stand") }
            skipBlanks()
            let member = try value()
            values.append(member)
            skipBlanks()
            if take(UInt8(ascii: ",")) {
                skipBlanks()
            } else if take(UInt8(ascii: "}")) {
                return closedMap(values: start, names: firstName, isSimple: isSimple)
            } else {
                throw unexpected("where \",\" or \"}\" should stand")
            }
        }
    }

    /// Names of one hash may be equal, and so may different bytes beyond ASCII: then each is looked up.
    private mutating func closedMap(values start: Int, names firstName: Int, isSimple: Bool) -> Value {
        defer {
            values.removeSubrange(start...)
            names.removeSubrange(firstName...)
            hashes.removeSubrange(firstName...)
        }
        if isSimple {
            return .map(ValueMap(uncheckedUniqueKeys: names[firstName...], values: values[start...]))
        }
        return .map(
            ValueMap(zip(names[firstName...], values[start...]), uniquingKeysWith: { _, last in last }))
    }

    private func hash(from start: Int, to end: Int) -> (hash: UInt64, isASCII: Bool) {
        var (hash, seen): (UInt64, UInt8) = (14_695_981_039_346_656_037, 0)
        for byte in UnsafeBufferPointer(rebasing: bytes[start..<end]) {
            // A backslash may stand for any character.
            seen |= byte == UInt8(ascii: "\\") ? 0x80 : byte
            hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
        }
        return (hash, seen < 0x80)
    }

    private mutating func word(_ word: StaticString, _ value: Value) throws(Problem) -> Value {
        let end = position + word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(letters) else {
            throw unexpected("where a value should stand")
        }
        position = end
        return value
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private func problem(_ what: String) -> Problem { .json(what, in: bytes, at: position) }

    private func unexpected(_ expectation: String) -> Problem {
        guard position < bytes.count else { return problem("the text ends \(expectation)") }
        let character = String(decoding: bytes[position...].prefix(4), as: UTF8.self).first ?? " "
        return problem("unexpected \"\(character)\" \(expectation)")
    }
}

extension JSONReader {
    private mutating func number() throws(Problem) -> Value {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        var (mantissa, digits) = (UInt64(0), 0)
        let firstDigit = position
        takeDigits(into: &mantissa, count: &digits)
        guard digits > 0 else { throw unexpected("where a digit should stand") }
        guard digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            position = firstDigit
            throw problem("a number must not begin with 0")
        }
        let wholeDigits = digits
        var (exponent, isWhole) = (0, true)
        if take(UInt8(ascii: ".")) {
            isWhole = false
            takeDigits(into: &mantissa, count: &digits)
            guard digits > wholeDigits else { throw unexpected("where a digit should stand") }
            exponent = wholeDigits - digits
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            exponent += try takeExponent()
        }
        if digits <= 18 {
            if isWhole { return .int(isNegative ? -Int64(mantissa) : Int64(mantissa)) }
            // Both the digits and the power of ten are exact Doubles, so one operation rounds once.
            if mantissa < 1 << 53, abs(exponent) <= 22 {
                let magnitude = Double(mantissa)
                let power = Self.powersOfTen[abs(exponent)]
                let result = exponent < 0 ? magnitude / power : magnitude * power
                return .double(isNegative ? -result : result)
            }
        }
        return try longNumber(bytes[start..<position], isWhole: isWhole, from: start)
    }

    private func longNumber(_ text: Slice<UnsafeBufferPointer<UInt8>>, isWhole: Bool, from start: Int) throws(Problem)
        -> Value
    {
        let characters = String(decoding: text, as: UTF8.self)
        if isWhole {
            if let number = Int64(characters) { return .int(number) }
        } else if let number = Double(characters), number.isFinite {
            return .double(number)
        }
        if text.count <= Decimal.largestScale, let number = Decimal(ascii: text) { return .decimal(number) }
        throw .json("the number is too large", in: bytes, at: start)
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]

    /// Beyond 18 digits `mantissa` means nothing any more.
    private mutating func takeDigits(into mantissa: inout UInt64, count: inout Int) {
        while position < bytes.count {
            let digit = bytes[position] &- 0x30
            guard digit < 10 else { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            count += 1
            position += 1
        }
    }

    private mutating func takeExponent() throws(Problem) -> Int {
        position += 1
        let isNegative = take(UInt8(ascii: "-"))
        if !isNegative { _ = take(UInt8(ascii: "+")) }
        var (exponent, count) = (UInt64(0), 0)
        takeDigits(into: &exponent, count: &count)
        guard count > 0 else { throw unexpected("where a digit should stand") }
        let bounded = count > 9 ? 1_000_000_000 : Int(exponent)
        return isNegative ? -bounded : bounded
    }
}

extension JSONReader {
    private mutating func string() throws(Problem) -> String {
        position += 1
        let start = position
        let isASCII = try skipPlainBytes()
        guard bytes[position] == UInt8(ascii: "\"") else { return try escapedString(from: start) }
        let content = UnsafeBufferPointer(rebasing: bytes[start..<position])
        position += 1
        return isASCII ? String(decoding: content, as: UTF8.self) : try validated(content, from: start)
    }

    private func validated(_ content: some Sequence<UInt8>, from start: Int) throws(Problem) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw .json("the text is not UTF-8", in: bytes, at: start)
        }
        return text
    }

    /// Stops at a quote or backslash, eight bytes at a time; false when there were bytes beyond ASCII.
    private mutating func skipPlainBytes() throws(Problem) -> Bool {
        var seen: UInt64 = 0
        let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let base = UnsafeRawBufferPointer(bytes)
        while position + 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let (quote, slash) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
            let special = ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- ones &* 0x20) & ~word)
            if special & tops != 0 { break }
            seen |= word
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return seen & tops == 0 }
            guard byte >= 0x20 else { throw problem("a text must not hold a raw control character") }
            seen |= UInt64(byte)
            position += 1
        }
        throw problem("the text that begins here or before never ends")
    }

    private mutating func escapedString(from start: Int) throws(Problem) -> String {
        var content = Array(bytes[start..<position])
        while bytes[position] == UInt8(ascii: "\\") {
            position += 1
            try appendEscape(to: &content)
            let plain = position
            _ = try skipPlainBytes()
            content.append(contentsOf: bytes[plain..<position])
        }
        position += 1
        return try validated(content, from: start)
    }

    private mutating func appendEscape(to content: inout [UInt8]) throws(Problem) {
        guard position < bytes.count else { throw unexpected("after a backslash") }
        let mark = bytes[position]
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(mark)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "u"):
            position += 1
            content.append(contentsOf: UTF8.encode(try unicodeEscape()) ?? UTF8.encodedReplacementCharacter)
            return
        default: throw unexpected("after a backslash")
        }
        position += 1
    }

    /// Half a surrogate pair without its other half becomes U+FFFD.
    private mutating func unicodeEscape() throws(Problem) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let mark = position
        if first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let second = try fourHexDigits()
            if 0xDC00...0xDFFF ~= second,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + second - 0xDC00)
            {
                return scalar
            }
        }
        position = mark
        return "\u{FFFD}"
    }

    private mutating func fourHexDigits() throws(Problem) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw unexpected("where a hexadecimal digit should stand")
            }
            number = number << 4 | UInt32(digit)
            position += 1
        }
        return number
    }
}
