import FlowModel

/// Texts with places such as `%s`, `%05d` and `%.2f`, as Java's `String.format` writes them.
struct PrintfFormat {
    private struct Place {
        var position: Int?
        var flags: Set<Character> = []
        var width = 0
        var precision: Int?
        var conversion: Character = "s"
    }

    private static let widest = 1000

    let source: String

    /// - Throws: what is wrong with the text, or which argument does not fit or is missing.
    func text(of arguments: [Value], _ run: Rendering) throws(ExpressionError) -> String {
        var (result, rest, next) = ("", Substring(source), 0)
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            let place = try self.place(&rest)
            if place.conversion == "%" || place.conversion == "n" {
                result += place.conversion == "n" ? "\n" : padded("%", place)
                continue
            }
            let index = place.position ?? next
            if place.position == nil { next += 1 }
            guard arguments.indices.contains(index) else {
                throw .evaluation("The text '\(source)' has a place for argument \(index + 1), but it is not given.")
            }
            result += padded(try converted(arguments[index], place, run), place)
            if result.utf8.count > run.scope.limits.outputBytes { throw run.outputLimit() }
        }
        return result
    }

    /// What follows a `%`: `2$-10.3f`.
    private func place(_ rest: inout Substring) throws(ExpressionError) -> Place {
        var place = Place()
        if let dollar = rest.firstIndex(where: { !$0.isASCIIDigit }), rest[dollar] == "$",
            let position = Int(rest[..<dollar])
        {
            place.position = position - 1
            rest = rest[rest.index(after: dollar)...]
        }
        while let flag = rest.first, "-0+ ,(#".contains(flag) {
            place.flags.insert(flag)
            rest.removeFirst()
        }
        place.width = try number(&rest) ?? 0
        if rest.first == "." {
            rest.removeFirst()
            place.precision = try number(&rest)
        }
        guard let conversion = rest.popFirst(), "sSdfxXoeEbBc%n".contains(conversion) else {
            throw .evaluation(
                "The text '\(source)' has a place that cannot be read",
                hint: "write %s for texts, %d for whole numbers, %.2f for others, %% for a percent sign")
        }
        place.conversion = conversion
        return place
    }

    private func number(_ rest: inout Substring) throws(ExpressionError) -> Int? {
        let digits = rest.prefix { $0.isASCIIDigit }
        if digits.isEmpty { return nil }
        rest = rest[digits.endIndex...]
        guard let number = Int(digits), number <= Self.widest else {
            throw .evaluation("A place of the text '\(source)' is wider than \(Self.widest).")
        }
        return number
    }

    private func converted(_ value: Value, _ place: Place, _ run: Rendering) throws(ExpressionError) -> String {
        switch place.conversion {
        case "d": return signed(try whole(value, place), place)
        case "x", "X", "o":
            guard let number = Arithmetic.wholeNumber(value) else { throw unfit(value, place) }
            let digits = String(UInt64(bitPattern: number), radix: place.conversion == "o" ? 8 : 16)
            return place.conversion == "X" ? digits.uppercased() : digits
        case "f":
            guard let number = value.asDouble else { throw unfit(value, place) }
            guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity" }
            let exact = if case .decimal(let decimal) = value { decimal } else { Decimal(number) ?? Decimal(Int64(0)) }
            return signed(Self.fixed(exact.description, places: place.precision ?? 6), place)
        case "e", "E":
            guard let number = value.asDouble, number.isFinite else { throw unfit(value, place) }
            let text = Self.scientific(number, places: place.precision ?? 6)
            return signed(place.conversion == "E" ? text.uppercased() : text, place)
        case "b", "B":
            let flag = if case .bool(let flag) = value { flag } else { value != .null }
            return place.conversion == "B" ? "\(flag)".uppercased() : "\(flag)"
        default:
            let text = try run.plainText(of: value)
            let cut = place.precision.map { String(text.prefix($0)) } ?? text
            return place.conversion == "S" ? cut.uppercased() : cut
        }
    }

    private func whole(_ value: Value, _ place: Place) throws(ExpressionError) -> String {
        switch value {
        case .int(let number): return String(number)
        case .decimal(let number) where number.isWhole: return number.description
        default: throw unfit(value, place)
        }
    }

    private func unfit(_ value: Value, _ place: Place) -> ExpressionError {
        .evaluation(
            "%\(place.conversion) of the text '\(source)' cannot show a value of type \(ClassNames.name(of: value))",
            hint: "%s shows any value")
    }

    private func signed(_ text: String, _ place: Place) -> String {
        let isNegative = text.hasPrefix("-")
        var digits = isNegative ? String(text.dropFirst()) : text
        if place.flags.contains(",") { digits = Self.grouped(digits) }
        if isNegative { return place.flags.contains("(") ? "(\(digits))" : "-" + digits }
        return place.flags.contains("+") ? "+" + digits : place.flags.contains(" ") ? " " + digits : digits
    }

    private static func grouped(_ text: String) -> String {
        let (whole, rest) = (text.prefix { $0 != "." }, text.drop { $0 != "." })
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result + rest
    }

    private func padded(_ text: String, _ place: Place) -> String {
        let missing = place.width - text.count
        guard missing > 0 else { return text }
        if place.flags.contains("-") { return text + String(repeating: " ", count: missing) }
        guard place.flags.contains("0") else { return String(repeating: " ", count: missing) + text }
        let sign = text.first.map { "+-( ".contains($0) } ?? false
        return text.prefix(sign ? 1 : 0) + String(repeating: "0", count: missing) + text.dropFirst(sign ? 1 : 0)
    }

    /// A decimal text with so many places, half up.
    private static func fixed(_ text: String, places: Int) -> String {
        let isNegative = text.hasPrefix("-")
        let plain = isNegative ? text.dropFirst() : text[...]
        var digits = plain.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.map { $0 }
        let scale = plain.firstIndex(of: ".").map { plain.distance(from: $0, to: plain.endIndex) - 1 } ?? 0
        if scale > places {
            let isUp = digits[digits.count - (scale - places)] >= 0x35
            digits.removeLast(scale - places)
            if isUp { increment(&digits) }
        } else {
            digits += [UInt8](repeating: 0x30, count: places - scale)
        }
        while digits.count <= places { digits.insert(0x30, at: 0) }
        let whole = String(decoding: digits.dropLast(places), as: UTF8.self)
        let fraction = places == 0 ? "" : "." + String(decoding: digits.suffix(places), as: UTF8.self)
        return (isNegative ? "-" : "") + whole + fraction
    }

    private static func increment(_ digits: inout [UInt8]) {
        for index in digits.indices.reversed() {
            if digits[index] < 0x39 {
                digits[index] += 1
                return
            }
            digits[index] = 0x30
        }
        digits.insert(0x31, at: 0)
    }

    /// `1.234560e+02`
    private static func scientific(_ number: Double, places: Int) -> String {
        guard let decimal = Decimal(number.magnitude), number != 0 else { return fixed("0", places: places) + "e+00" }
        let text = decimal.description
        let whole = text.prefix { $0 != "." }
        let digits = text.filter { $0 != "." }.drop { $0 == "0" }
        let leading = text.filter { $0 != "." }.count - digits.count
        var exponent = whole.count - 1 - leading
        var mantissa = fixed("\(digits.prefix(1)).\(digits.dropFirst())", places: places)
        if mantissa.prefix(while: { $0 != "." }).count > 1 {
            mantissa = fixed("1", places: places)
            exponent += 1
        }
        let shown = String(abs(exponent))
        return (number < 0 ? "-" : "") + mantissa + (exponent < 0 ? "e-" : "e+") + (shown.count < 2 ? "0" : "") + shown
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
