import FlowModel

/// A decimal pattern such as `#,##0.00`. Source: expressions spec §10.4.
struct NumberPattern {
    private struct Affixes {
        var prefix = ""
        var suffix = ""
    }

    private var positive = Affixes()
    private var negative: Affixes?
    private var leastWhole = 0
    private var leastFraction = 0
    private var mostFraction = 0
    private var grouping = 0
    private var exponentDigits: Int?
    private var mostWhole = 0
    /// Digits by which the point is moved: 2 for percent, 3 for per mille.
    private var shift = 0

    private static let longest = 1000

    init(_ pattern: String) throws(ExpressionError) {
        guard pattern.utf8.count <= Self.longest else {
            throw .evaluation("The number pattern is longer than \(Self.longest) characters.")
        }
        var scanner = Array(pattern.unicodeScalars)[...]
        positive.prefix = affix(&scanner)
        try readNumber(&scanner, pattern)
        positive.suffix = affix(&scanner)
        guard scanner.first == ";" else {
            guard scanner.isEmpty else { throw Self.malformed(pattern) }
            return
        }
        scanner.removeFirst()
        var other = Affixes()
        let outerShift = shift
        other.prefix = affix(&scanner)
        while let next = scanner.first, "#0,.".unicodeScalars.contains(next) { scanner.removeFirst() }
        other.suffix = affix(&scanner)
        shift = outerShift
        negative = other
        guard scanner.isEmpty else { throw Self.malformed(pattern) }
    }

    private static func malformed(_ pattern: String) -> ExpressionError {
        .evaluation("Malformed pattern \"\(pattern)\"")
    }

    /// Literal text up to the digits or the end, quotes taken out.
    private mutating func affix(_ scanner: inout ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        var isQuoted = false
        while let next = scanner.first {
            if next == "'" {
                scanner.removeFirst()
                if scanner.first == "'" {
                    text += "'"
                    scanner.removeFirst()
                } else {
                    isQuoted.toggle()
                }
                continue
            }
            if !isQuoted, "#0,.;".unicodeScalars.contains(next) { return text }
            scanner.removeFirst()
            switch next {
            case "%" where !isQuoted: shift = 2
            case "‰" where !isQuoted: shift = 3
            default: break
            }
            text += !isQuoted && next == "¤" ? "$" : String(next)
        }
        return text
    }

    private mutating func readNumber(
        _ scanner: inout ArraySlice<Unicode.Scalar>, _ pattern: String
    ) throws(ExpressionError) {
        var (isFraction, sinceComma, hasComma) = (false, 0, false)
        while let next = scanner.first, "#0,.E".unicodeScalars.contains(next) {
            scanner.removeFirst()
            switch next {
            case ",":
                guard !isFraction else { throw Self.malformed(pattern) }
                (hasComma, sinceComma) = (true, 0)
            case ".":
                guard !isFraction else { throw Self.malformed(pattern) }
                isFraction = true
            case "E":
                var digits = 0
                while scanner.first == "0" {
                    digits += 1
                    scanner.removeFirst()
                }
                guard digits > 0 else { throw Self.malformed(pattern) }
                exponentDigits = digits
                if hasComma { grouping = sinceComma }
                return
            default:
                if isFraction {
                    if next == "0" { leastFraction = mostFraction + 1 }
                    mostFraction += 1
                } else {
                    guard next == "0" || leastWhole == 0 else { throw Self.malformed(pattern) }
                    if next == "0" { leastWhole += 1 }
                    mostWhole += 1
                    sinceComma += 1
                }
            }
        }
        if hasComma { grouping = sinceComma }
    }

    // MARK: - Formatting

    func text(of value: Value) -> String {
        if case .double(let number) = value, let special = special(number) { return special }
        if case .float(let number) = value, let special = special(Double(number)) { return special }
        guard let exact = ExactDecimal.of(value) else { return value.plain() }
        let body = exponentDigits.map { scientific(exact, $0) } ?? plain(exact)
        guard exact.isNegative, body.utf8.contains(where: { $0 >= 0x31 && $0 <= 0x39 }) else {
            return (exact.isNegative ? negativePrefix : positive.prefix) + body
                + (exact.isNegative ? negative?.suffix ?? positive.suffix : positive.suffix)
        }
        return negativePrefix + body + (negative?.suffix ?? positive.suffix)
    }

    private var negativePrefix: String { negative?.prefix ?? "-" + positive.prefix }

    private func special(_ number: Double) -> String? {
        if number.isNaN { return "NaN" }
        guard number.isInfinite else { return nil }
        return (number < 0 ? negativePrefix : positive.prefix) + "∞" + positive.suffix
    }

    private func plain(_ exact: ExactDecimal) -> String {
        let rounded = exact.shifted(by: shift).rounded(toScale: mostFraction)
        return layout(whole: rounded.whole, fraction: rounded.fraction)
    }

    private func layout(whole: [UInt8], fraction: [UInt8]) -> String {
        var whole = Array(whole.drop { $0 == 0x30 })
        while whole.count < leastWhole { whole.insert(0x30, at: 0) }
        var fraction = fraction
        while fraction.count > leastFraction, fraction.last == 0x30 { fraction.removeLast() }
        if whole.isEmpty, fraction.isEmpty { whole = [0x30] }
        var text: [UInt8] = []
        for (index, digit) in whole.enumerated() {
            if grouping > 0, index > 0, (whole.count - index) % grouping == 0 { text.append(UInt8(ascii: ",")) }
            text.append(digit)
        }
        if !fraction.isEmpty { text += [UInt8(ascii: ".")] + fraction }
        return String(decoding: text, as: UTF8.self)
    }

    /// `0.###E0`: so many digits before the point as the pattern has zeros there.
    private func scientific(_ exact: ExactDecimal, _ digits: Int) -> String {
        if mostWhole > max(leastWhole, 1) { return engineering(exact, digits) }
        let whole = max(leastWhole, 1)
        let exponent = exact.isZero ? 0 : exact.magnitude - whole
        let rounded = exact.shifted(by: -exponent).rounded(toScale: mostFraction)
        let overflows = rounded.whole.drop { $0 == 0x30 }.count > whole
        let final = overflows ? exact.shifted(by: -exponent - 1).rounded(toScale: mostFraction) : rounded
        let shown = String(abs(overflows ? exponent + 1 : exponent))
        let sign = exponent + (overflows ? 1 : 0) < 0 ? "-" : ""
        return layout(whole: final.whole, fraction: final.fraction) + "E" + sign
            + String(repeating: "0", count: max(0, digits - shown.count)) + shown
    }
}

extension NumberPattern {
    /// `##0.##E0`: the exponent is a multiple of the places before the point, and as many digits count as the pattern
    /// has zeros there and places behind the point.
    private func engineering(_ exact: ExactDecimal, _ digits: Int) -> String {
        let significant = leastWhole + mostFraction
        let magnitude = exact.isZero ? 1 : exact.magnitude
        let group = Int((Double(magnitude - 1) / Double(mostWhole)).rounded(.down))
        let exponent = group * mostWhole
        let places = max(0, significant - (magnitude - exponent))
        let rounded = exact.shifted(by: -exponent).rounded(toScale: places)
        let shown = String(abs(exponent))
        return layout(whole: rounded.whole, fraction: rounded.fraction) + "E" + (exponent < 0 ? "-" : "")
            + String(repeating: "0", count: max(0, digits - shown.count)) + shown
    }
}

/// The exact digits of a number, a Double's binary value included.
struct ExactDecimal {
    /// Decimal digits without leading zeros, as ASCII.
    private let digits: [UInt8]
    /// How many of them stand behind the point; negative when zeros follow.
    private let scale: Int
    let isNegative: Bool

    static func of(_ value: Value) -> ExactDecimal? {
        switch value {
        case .int(let number):
            ExactDecimal(digits: Array(String(number.magnitude).utf8), scale: 0, isNegative: number < 0)
        case .double(let number): ExactDecimal(number)
        case .float(let number): ExactDecimal(Double(number))
        case .decimal(let number): ExactDecimal(text: number.description)
        default: nil
        }
    }

    private init(digits: [UInt8], scale: Int, isNegative: Bool) {
        self.digits = Array(digits.drop { $0 == 0x30 })
        self.scale = scale
        self.isNegative = isNegative
    }

    private init(text: String) {
        let bytes = Array(text.utf8)
        let point = bytes.firstIndex(of: UInt8(ascii: "."))
        self.init(
            digits: bytes.filter { $0 >= 0x30 && $0 <= 0x39 }, scale: point.map { bytes.count - $0 - 1 } ?? 0,
            isNegative: bytes.first == UInt8(ascii: "-"))
    }

    /// A binary number is m·2^e: doubled digit by digit, or multiplied by 5 with the point moved.
    private init(_ number: Double) {
        var mantissa = number == 0 ? 0 : UInt64(number.significandBitPattern)
        var exponent = Int(number.exponentBitPattern) - 1075
        if number.exponentBitPattern == 0 { exponent += 1 } else { mantissa |= 1 << 52 }
        while mantissa != 0, mantissa & 1 == 0, exponent < 0 {
            mantissa >>= 1
            exponent += 1
        }
        var digits = String(mantissa).utf8.reversed().map { $0 - 0x30 }
        for _ in 0..<abs(exponent) { Self.multiply(&digits, by: exponent > 0 ? 2 : 5) }
        self.init(
            digits: digits.reversed().map { $0 + 0x30 }, scale: max(0, -exponent), isNegative: number.sign == .minus)
    }

    /// Least digit first.
    private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for index in digits.indices {
            let product = digits[index] * factor + carry
            digits[index] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.append(carry) }
    }

    var isZero: Bool { digits.isEmpty }
    /// How many digits stand before the point; negative for zeros behind it.
    var magnitude: Int { digits.count - scale }

    func shifted(by places: Int) -> ExactDecimal {
        ExactDecimal(digits: digits, scale: scale - places, isNegative: isNegative)
    }

    /// Rounded to so many places, half to even: the digits before and behind the point.
    func rounded(toScale places: Int) -> (whole: [UInt8], fraction: [UInt8]) {
        var kept = digits
        let dropped = scale - places
        if dropped > 0 {
            let cut = max(0, kept.count - dropped)
            let rest = kept[cut...]
            let leadingZeros = dropped - rest.count
            kept.removeSubrange(cut...)
            if leadingZeros == 0, let first = rest.first {
                let isMore = first > 0x35 || (first == 0x35 && rest.dropFirst().contains { $0 != 0x30 })
                let isHalf = first == 0x35 && !isMore
                if isMore || (isHalf && (kept.last ?? 0x30) & 1 == 1) { Self.increment(&kept) }
            }
        } else {
            kept += [UInt8](repeating: 0x30, count: -dropped)
        }
        while kept.count < places { kept.insert(0x30, at: 0) }
        return (Array(kept.dropLast(places)), Array(kept.suffix(places)))
    }

    private static func increment(_ digits: inout [UInt8]) {
        var index = digits.count - 1
        while index >= 0 {
            if digits[index] < 0x39 {
                digits[index] += 1
                return
            }
            digits[index] = 0x30
            index -= 1
        }
        digits.insert(0x31, at: 0)
    }
}
