/// Turns a pattern of letters into its elements. Source: expressions spec §10.3, pattern letters.
struct DatePatternCompiler {
    typealias Element = DatePattern.Element

    private let characters: [Character]
    private var position = 0
    private var levels: [[Element]] = [[]]

    static func compile(_ pattern: String) throws(Problem) -> [Element] {
        var compiler = DatePatternCompiler(characters: Array(pattern))
        return try compiler.compile()
    }

    private init(characters: [Character]) { self.characters = characters }

    private mutating func compile() throws(Problem) -> [Element] {
        while position < characters.count {
            let character = characters[position]
            if character.isASCII, character.isLetter {
                try letters(character)
            } else if character == "'" {
                try quoted()
            } else if character == "[" {
                guard levels.count < 50 else { throw problem("its brackets are nested too deep") }
                levels.append([])
                position += 1
            } else if character == "]" {
                guard levels.count > 1, let inner = levels.popLast() else {
                    throw problem("\"]\" has no \"[\" before it")
                }
                add(.optional(inner))
                position += 1
            } else if "{}#".contains(character) {
                throw problem("\"\(character)\" must stand in quotes")
            } else {
                add(.literal(String(character)))
                position += 1
            }
        }
        // A bracket that is left open counts as closed at the end.
        while levels.count > 1, let inner = levels.popLast() { add(.optional(inner)) }
        return levels[0]
    }

    private mutating func add(_ element: Element) { levels[levels.count - 1].append(element) }

    private mutating func letters(_ letter: Character) throws(Problem) {
        let start = position
        while position < characters.count, characters[position] == letter { position += 1 }
        var count = position - start
        guard letter == "p" else { return add(try element(letter, count)) }
        let width = count
        guard position < characters.count, characters[position].isASCII, characters[position].isLetter else {
            throw problem("the letter p must be followed by another letter")
        }
        let padded = characters[position]
        count = characters[position...].prefix { $0 == padded }.count
        position += count
        add(.padded(width, try element(padded, count)))
    }

    private mutating func quoted() throws(Problem) {
        position += 1
        if position < characters.count, characters[position] == "'" {
            position += 1
            return add(.literal("'"))
        }
        var text = ""
        while position < characters.count {
            if characters[position] != "'" {
                text.append(characters[position])
                position += 1
            } else if position + 1 < characters.count, characters[position + 1] == "'" {
                text.append("'")
                position += 2
            } else {
                position += 1
                return add(.literal(text))
            }
        }
        throw problem("a quote is never closed")
    }

    private func problem(_ what: String) -> Problem {
        Problem(
            "date-pattern.invalid", what: "\"\(String(characters))\" is no pattern for dates: \(what)",
            fix: "write for example yyyy-MM-dd HH:mm:ss, with other letters in single quotes")
    }
}

extension DatePatternCompiler {
    private func element(_ letter: Character, _ count: Int) throws(Problem) -> Element {
        let result: Element? =
            switch letter {
            case "u": year(.year, count)
            case "y": year(.yearOfEra, count)
            case "Y": year(.weekYear, count)
            case "M", "L": numberOrWord(.month, .month, count)
            case "Q", "q": numberOrWord(.quarter, .quarter, count)
            case "E": count <= 3 ? .word(.dayOfWeek, .short) : numberOrWord(.dayOfWeek, .dayOfWeek, count)
            case "e": numberOrWord(.dayOfWeek, .dayOfWeek, count)
            case "c": count == 2 ? nil : numberOrWord(.dayOfWeek, .dayOfWeek, count)
            case "G": count <= 3 ? .word(.era, .short) : numberOrWord(.year, .era, count)
            case "a": count == 1 ? .word(.halfDay, .short) : nil
            case "B": [1: .word(.dayPeriod, .short), 4: .word(.dayPeriod, .full), 5: .word(.dayPeriod, .narrow)][count]
            case "V": count == 2 ? .zoneID : nil
            case "z": count <= 4 ? .zoneName(full: count == 4) : nil
            case "v": count == 1 || count == 4 ? .zoneName(full: count == 4) : nil
            case "O": count == 1 || count == 4 ? .localizedOffset(full: count == 4) : nil
            case "X", "x", "Z": offset(letter, count)
            case "S": count <= 9 ? .fraction(least: count, most: count, point: false) : nil
            default: number(letter, count)
            }
        guard let result else {
            let isKnown = "uyYMLQqEecGaBVzvOXxZSwWdhHkKmsDAnN".contains(letter)
            throw problem(
                isKnown ? "too many letters: \(String(repeating: letter, count: count))" : "unknown letter \(letter)")
        }
        return result
    }

    private func year(_ field: DatePattern.Field, _ count: Int) -> Element? {
        if count == 2 { return .twoDigitYear(field) }
        return count <= 19 ? .number(field, least: count, most: 19, count < 4 ? .normal : .beyondWidth) : nil
    }

    private func numberOrWord(_ field: DatePattern.Field, _ word: DatePattern.Word, _ count: Int) -> Element? {
        switch count {
        case 1: .number(field, least: 1, most: 19, .normal)
        case 2: .number(field, least: 2, most: 2, .never)
        case 3: .word(word, .short)
        case 4: .word(word, .full)
        case 5: .word(word, .narrow)
        default: nil
        }
    }

    private func number(_ letter: Character, _ count: Int) -> Element? {
        let pairs: [Character: DatePattern.Field] = [
            "d": .day, "H": .hour, "k": .clockHourOfDay, "h": .clockHour, "K": .hourOfHalfDay, "m": .minute,
            "s": .second,
            "w": .weekOfYear,
        ]
        let wide: [Character: DatePattern.Field] = ["A": .milliOfDay, "n": .nano, "N": .nanoOfDay]
        if let field = pairs[letter] {
            if count == 1 { return .number(field, least: 1, most: 19, .normal) }
            return count == 2 ? .number(field, least: 2, most: 2, .never) : nil
        }
        if let field = wide[letter] { return count <= 19 ? .number(field, least: count, most: 19, .never) : nil }
        switch letter {
        case "D": return count <= 3 ? .number(.dayOfYear, least: count, most: 3, .never) : nil
        case "W": return count == 1 ? .number(.weekOfMonth, least: 1, most: 1, .never) : nil
        default: return nil
        }
    }

    private func offset(_ letter: Character, _ count: Int) -> Element? {
        typealias Form = DatePattern.OffsetForm
        if letter == "Z" {
            switch count {
            case 1...3: return .offset(Form(parts: .minutes, colon: false, zero: "+0000"))
            case 4: return .localizedOffset(full: true)
            case 5: return .offset(Form(parts: .secondsIfAny, colon: true, zero: "Z"))
            default: return nil
            }
        }
        guard count <= 5 else { return nil }
        let parts: Form.Parts = count == 1 ? .hoursAndMinutesIfAny : (count <= 3 ? .minutes : .secondsIfAny)
        let hasColon = count == 3 || count == 5
        let zero = letter == "X" ? "Z" : (count == 1 ? "+00" : (hasColon ? "+00:00" : "+0000"))
        return .offset(Form(parts: parts, colon: hasColon, zero: zero))
    }
}
