/// The characters that a class such as `[a-z\d]` or `\w` stands for.
struct CharacterSet: Sendable {
    /// Classes that are told by a rule instead of a list.
    enum Rule: Sendable {
        case letter, upper, lower, digit, number, alphanumeric, punctuation, symbol, space, control, mark, separator
        case anything, assigned
    }

    var ranges: [ClosedRange<UInt32>] = []
    var rules: [(rule: Rule, isNegated: Bool)] = []
    /// Sets that are part of this one, as in `[a[bc]]`, negated ones too.
    var united: [CharacterSet] = []
    /// Sets of which a character must be a member as well: `[a-z&&[^b]]`.
    var intersected: [CharacterSet] = []
    var isNegated = false
    var ignoresCase = false

    func contains(_ scalar: UInt32) -> Bool {
        if holds(scalar) { return !isNegated }
        if ignoresCase {
            for other in CaseFolding.variants(of: scalar) where other != scalar && holds(other) { return !isNegated }
        }
        return isNegated
    }

    private func holds(_ scalar: UInt32) -> Bool {
        isListed(scalar) && intersected.allSatisfy { $0.contains(scalar) }
    }

    private func isListed(_ scalar: UInt32) -> Bool {
        for range in ranges where range.contains(scalar) { return true }
        for (rule, isNegated) in rules where Self.follows(rule, scalar) != isNegated { return true }
        return united.contains { $0.contains(scalar) }
    }

    private static func follows(_ rule: Rule, _ value: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        let properties = scalar.properties
        switch rule {
        case .anything: return true
        case .space: return properties.isWhitespace
        case .upper: return properties.generalCategory == .uppercaseLetter
        case .lower: return properties.generalCategory == .lowercaseLetter
        case .assigned: return properties.generalCategory != .unassigned
        case .letter: return isLetter(properties.generalCategory)
        case .alphanumeric:
            return isLetter(properties.generalCategory) || properties.generalCategory == .decimalNumber
        case .digit: return properties.generalCategory == .decimalNumber
        case .control: return properties.generalCategory == .control
        case .number:
            return [.decimalNumber, .letterNumber, .otherNumber].contains(properties.generalCategory)
        case .mark:
            return [.nonspacingMark, .spacingMark, .enclosingMark].contains(properties.generalCategory)
        case .separator:
            return [.spaceSeparator, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
        case .symbol:
            return [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol].contains(properties.generalCategory)
        case .punctuation:
            return [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation,
            ].contains(properties.generalCategory)
        }
    }

    private static func isLetter(_ category: Unicode.GeneralCategory) -> Bool {
        switch category {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    // MARK: - Known sets

    static let digits = CharacterSet(ranges: [0x30...0x39])
    static let word = CharacterSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = CharacterSet(ranges: [0x09...0x0D, 0x20...0x20])
    static let horizontalSpace = CharacterSet(
        ranges: [0x09...0x09, 0x20...0x20, 0xA0...0xA0, 0x2000...0x200A, 0x202F...0x202F, 0x205F...0x205F])
    static let lineEnd = CharacterSet(ranges: [0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])

    var inverted: CharacterSet {
        var other = self
        other.isNegated.toggle()
        return other
    }

    /// The set of `\p{name}`; nil for a name that is not known.
    static func property(_ name: String) -> CharacterSet? {
        var name = name
        for prefix in ["Is", "general_category=", "gc="] where name.hasPrefix(prefix) {
            name.removeFirst(prefix.count)
            break
        }
        let rule: Rule? =
            switch name {
            case "L", "Letter", "Alphabetic", "javaLetter": .letter
            case "Lu", "Uppercase", "javaUpperCase": .upper
            case "Ll", "Lowercase", "javaLowerCase": .lower
            case "N": .number
            case "Nd", "Digit_": .digit
            case "P", "Punctuation": .punctuation
            case "S": .symbol
            case "Z": .separator
            case "M": .mark
            case "C", "Cc": .control
            case "White_Space", "javaWhitespace": .space
            case "Assigned": .assigned
            case "ALL", "Any": .anything
            default: nil
            }
        if let rule { return CharacterSet(rules: [(rule, false)]) }
        return posix(name)
    }

    private static func posix(_ name: String) -> CharacterSet? {
        switch name {
        case "Lower": CharacterSet(ranges: [0x61...0x7A])
        case "Upper": CharacterSet(ranges: [0x41...0x5A])
        case "ASCII": CharacterSet(ranges: [0...0x7F])
        case "Alpha": CharacterSet(ranges: [0x41...0x5A, 0x61...0x7A])
        case "Digit": digits
        case "Alnum": CharacterSet(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A])
        case "Punct": CharacterSet(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
        case "Graph": CharacterSet(ranges: [0x21...0x7E])
        case "Print": CharacterSet(ranges: [0x20...0x7E])
        case "Blank": CharacterSet(ranges: [0x09...0x09, 0x20...0x20])
        case "Cntrl": CharacterSet(ranges: [0...0x1F, 0x7F...0x7F])
        case "XDigit": CharacterSet(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "Space": space
        default: nil
        }
    }
}

/// One character in its other case.
enum CaseFolding {
    static func fold(_ value: UInt32) -> UInt32 {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A ? value + 0x20 : value }
        guard let scalar = Unicode.Scalar(value) else { return value }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first?.value ?? value : value
    }

    static func variants(of value: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(value) else { return [value] }
        return
            (scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
            + scalar.properties.uppercaseMapping.unicodeScalars.map(\.value))
    }
}
