/// Reads a text by the elements of a pattern and collects what it says.
struct DatePatternReader {
    typealias Element = DatePattern.Element

    private let language: DateLanguage
    private let bytes: [UInt8]
    private var position = 0
    var found = DateFieldsFound()

    /// Nil when the text has another form than the pattern.
    static func read(_ text: String, _ elements: [Element], _ language: DateLanguage) -> DateFieldsFound? {
        var reader = DatePatternReader(language: language, bytes: Array(text.utf8))
        guard reader.read(elements), reader.position == reader.bytes.count else { return nil }
        return reader.found
    }

    private init(language: DateLanguage, bytes: [UInt8]) {
        self.language = language
        self.bytes = bytes
    }

    private mutating func read(_ elements: [Element]) -> Bool {
        for (index, element) in elements.enumerated() {
            guard read(element, reserving: Self.widthOfNumbers(in: elements[(index + 1)...])) else { return false }
        }
        return true
    }

    /// The digits that numbers of fixed width directly behind need, so that `yyyyMMdd` can be told apart.
    private static func widthOfNumbers(in elements: ArraySlice<Element>) -> Int {
        var width = 0
        for element in elements {
            switch element {
            case .number(_, let least, let most, _) where least == most: width += least
            case .twoDigitYear: width += 2
            case .fraction(let least, let most, point: false) where least == most: width += least
            default: return width
            }
        }
        return width
    }

    private mutating func read(_ element: Element, reserving reserved: Int) -> Bool {
        switch element {
        case .literal(let literal): return take(literal)
        case .number(let field, let least, let most, let sign):
            guard let number = number(least: least, most: most, sign: sign, reserving: reserved) else { return false }
            return found.set(field, number)
        case .twoDigitYear(let field):
            guard let number = digits(least: 2, most: 2) else { return false }
            return found.set(field, 2000 + number)
        case .word(let word, let width): return readWord(word, width)
        case .fraction(let least, let most, let point): return readFraction(least: least, most: most, point: point)
        case .offset(let form): return readOffset(form)
        case .localizedOffset: return readLocalizedOffset()
        case .zoneID: return readZone(names: false)
        case .zoneName: return readZone(names: true)
        case .bracketedRegion:
            guard take("[") else { return true }
            return readZone(names: false) && take("]")
        case .instant:
            let rest = String(decoding: bytes[position...], as: UTF8.self)
            guard let instant = try? Instant(iso: rest) else { return false }
            position = bytes.count
            found.instant = instant
            return true
        case .optional(let inner):
            let (start, before) = (position, found)
            if !read(inner) { (position, found) = (start, before) }
            return true
        case .padded(_, let inner):
            while take(" ") {}
            return read(inner, reserving: reserved)
        case .localized(let style): return read(language.elements(of: style))
        }
    }

    private mutating func take(_ text: String) -> Bool {
        let letters = Array(text.utf8)
        guard bytes[position...].starts(with: letters) else { return false }
        position += letters.count
        return true
    }

    private mutating func digits(least: Int, most: Int) -> Int? {
        let run = bytes[position...].prefix(most).prefix(while: \.isASCIIDigit)
        guard run.count >= least, run.count <= 18 else { return nil }
        position += run.count
        return run.reduce(0) { $0 * 10 + Int($1 & 15) }
    }

    private mutating func number(least: Int, most: Int, sign: DatePattern.Sign, reserving reserved: Int) -> Int? {
        var (isNegative, hasPlus) = (false, false)
        if least != most {
            isNegative = take("-")
            if case .beyondWidth = sign { hasPlus = !isNegative && take("+") }
        }
        let available = bytes[position...].prefix(while: \.isASCIIDigit).count
        var longest = least == most ? most : min(most, max(least, available - reserved))
        // Without a sign a year has exactly its width, as it was written.
        if case .beyondWidth = sign, !hasPlus, !isNegative { longest = min(longest, least) }
        guard let number = digits(least: least, most: min(longest, 18)) else { return nil }
        return isNegative ? -number : number
    }

    private mutating func readFraction(least: Int, most: Int, point: Bool) -> Bool {
        if point, !take(".") { return least == 0 }
        let start = position
        guard var nano = digits(least: max(least, point ? 1 : 0), most: most) else { return false }
        for _ in (position - start)..<9 { nano *= 10 }
        return found.set(.nano, nano)
    }

    private mutating func readWord(_ word: DatePattern.Word, _ width: DatePattern.Width) -> Bool {
        let rest = bytes[position...]
        let matches = language.names(of: word, width).filter { !$0.name.isEmpty && rest.starts(with: $0.name.utf8) }
        guard let match = matches.max(by: { $0.name.utf8.count < $1.name.utf8.count }) else { return false }
        position += match.name.utf8.count
        switch word {
        case .era: return found.setEra(match.number)
        case .quarter: return found.set(.quarter, match.number)
        case .month: return found.set(.month, match.number)
        case .dayOfWeek: return found.set(.isoDayOfWeek, match.number)
        case .halfDay: return found.set(.halfDay, match.number)
        case .dayPeriod: return false
        }
    }
}

extension DatePatternReader {
    private mutating func readOffset(_ form: DatePattern.OffsetForm) -> Bool {
        if take(form.zero) { return found.setOffset(0) }
        let isNegative = take("-")
        guard isNegative || take("+"), let hours = digits(least: 2, most: 2) else { return false }
        var seconds = hours * 3600
        for unit in [60, 1] {
            let start = position
            let isRequired = unit == 60 && form.parts != .hoursAndMinutesIfAny
            if unit == 1, form.parts != .secondsIfAny { break }
            guard !form.colon || take(":"), let part = digits(least: 2, most: 2), part < 60 else {
                position = start
                if isRequired { return false }
                break
            }
            seconds += part * unit
        }
        return seconds <= 64_800 && found.setOffset(isNegative ? -seconds : seconds)
    }

    private mutating func readLocalizedOffset() -> Bool {
        guard take("GMT") else { return false }
        let isNegative = take("-")
        guard isNegative || take("+") else { return found.setOffset(0) }
        guard var seconds = digits(least: 1, most: 2).map({ $0 * 3600 }) else { return false }
        for unit in [60, 1] where take(":") {
            guard let part = digits(least: 2, most: 2), part < 60 else { return false }
            seconds += part * unit
        }
        return seconds <= 64_800 && found.setOffset(isNegative ? -seconds : seconds)
    }

    /// The longest zone name that begins here; with `names`, common abbreviations too.
    private mutating func readZone(names: Bool) -> Bool {
        let run = bytes[position...].prefix {
            $0.isASCIILetter || $0.isASCIIDigit || [0x2F, 0x5F, 0x2D, 0x2B, 0x3A].contains($0)
        }
        for length in stride(from: min(run.count, 64), to: 0, by: -1) {
            let name = String(decoding: run.prefix(length), as: UTF8.self)
            guard let zone = (names ? Self.abbreviations[name].flatMap { try? Zone($0) } : nil) ?? (try? Zone(name))
            else {
                continue
            }
            position += length
            found.zone = zone
            return true
        }
        return false
    }

    private static let abbreviations = [
        "CET": "Europe/Paris", "CEST": "Europe/Paris", "EET": "Europe/Athens", "EEST": "Europe/Athens",
        "WEST": "Europe/Lisbon",
        "BST": "Europe/London", "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago",
        "CDT": "America/Chicago", "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles",
        "PDT": "America/Los_Angeles", "JST": "Asia/Tokyo", "IST": "Asia/Kolkata", "AEST": "Australia/Sydney",
        "AEDT": "Australia/Sydney", "MSK": "Europe/Moscow", "SGT": "Asia/Singapore", "NZST": "Pacific/Auckland",
        "NZDT": "Pacific/Auckland",
    ]
}
