/// Character classes: `[a-z]`, `[^\\d]`, `[a-z&&[^b]]`.
extension PatternParser {
    /// What follows `[`, up to its `]`.
    mutating func characterClass() throws(ExpressionError) -> CharacterSet {
        depth += 1
        defer { depth -= 1 }
        guard depth < 200 else { throw error("Classes nested too deeply") }
        var set = CharacterSet()
        set.isNegated = take("^")
        var isFirst = true
        while let character = current {
            if character == 0x5D, !isFirst {
                position += 1
                return set
            }
            isFirst = false
            if takeText("&&") {
                try intersect(&set)
                continue
            }
            position += 1
            if character == 0x5B {
                if takeText(":"), let named = try bracketClass() {
                    set.united.append(named)
                } else {
                    set.united.append(try characterClass())
                }
                continue
            }
            guard let low = try classMember(character, &set) else { continue }
            if isNext("-"), position + 1 < text.count, text[position + 1] != 0x5D, text[position + 1] != 0x5B {
                position += 1
                guard let next = current else { break }
                position += 1
                guard let high = try classMember(next, &set), high >= low else {
                    throw error("Illegal character range")
                }
                set.ranges.append(low...high)
            } else {
                set.ranges.append(low...low)
            }
        }
        throw error("Unclosed character class")
    }

    /// The rest of a class after `&&`.
    private mutating func intersect(_ set: inout CharacterSet) throws(ExpressionError) {
        if take("[") {
            set.intersected.append(try characterClass())
            return
        }
        var other = CharacterSet()
        while let character = current, character != 0x5D, !text[position...].starts(with: [0x26, 0x26]) {
            position += 1
            guard let low = try classMember(character, &other) else { continue }
            if isNext("-"), position + 1 < text.count, text[position + 1] != 0x5D {
                position += 1
                guard let next = current else { break }
                position += 1
                guard let high = try classMember(next, &other), high >= low else {
                    throw error("Illegal character range")
                }
                other.ranges.append(low...high)
            } else {
                other.ranges.append(low...low)
            }
        }
        set.intersected.append(other)
    }

    /// A single character of a class; nil for an escape that stands for several, which is added to the set.
    private mutating func classMember(
        _ character: UInt32, _ set: inout CharacterSet
    ) throws(ExpressionError) -> UInt32? {
        guard character == 0x5C else { return character }
        guard let letter = current else { throw error("Unclosed character class") }
        position += 1
        if let escaped = try classEscape(letter) {
            set.united.append(escaped)
            return nil
        }
        if letter == 0x51 {
            while position < text.count, !takeText("\\E") {
                set.ranges.append(text[position]...text[position])
                position += 1
            }
            return nil
        }
        if letter == 0x62 { return 0x08 }
        return try escapedCharacter(letter)
    }

    /// `[:alpha:]` inside a class, after its `[:`.
    private mutating func bracketClass() throws(ExpressionError) -> CharacterSet? {
        let start = position
        let isNegated = take("^")
        var name = ""
        while let next = current, next >= 0x61, next <= 0x7A, let scalar = Unicode.Scalar(next) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        let known = name == "xdigit" ? "XDigit" : name.prefix(1).uppercased() + name.dropFirst()
        guard takeText(":]"), let set = CharacterSet.property(known) else {
            position = start - 1
            return nil
        }
        return isNegated ? set.inverted : set
    }
}
