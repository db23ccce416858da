/// What a backslash makes of the next characters.
extension PatternParser {
    /// The set of a class escape such as `d`; nil for other letters.
    mutating func classEscape(_ letter: UInt32) throws(ExpressionError) -> CharacterSet? {
        switch Unicode.Scalar(letter) {
        case "d": return .digits
        case "D": return CharacterSet.digits.inverted
        case "w": return .word
        case "W": return CharacterSet.word.inverted
        case "s": return .space
        case "S": return CharacterSet.space.inverted
        case "h": return .horizontalSpace
        case "H": return CharacterSet.horizontalSpace.inverted
        case "v": return .lineEnd
        case "V": return CharacterSet.lineEnd.inverted
        case "p", "P":
            var name = ""
            if take("{") {
                while let next = current, next != 0x7D, let scalar = Unicode.Scalar(next) {
                    name.unicodeScalars.append(scalar)
                    position += 1
                }
                guard take("}") else { throw error("Unclosed character family") }
            } else if let next = current, let scalar = Unicode.Scalar(next) {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard let set = CharacterSet.property(name) else {
                throw error("Unknown character property name {\(name)}")
            }
            return letter == 0x50 ? set.inverted : set
        default: return nil
        }
    }

    mutating func escape() throws(ExpressionError) -> Bool {
        guard let letter = current else { throw error("Unexpected end after '\\'") }
        position += 1
        if let set = try classEscape(letter) {
            emitSet(set)
            return true
        }
        switch Unicode.Scalar(letter) {
        case "b": emit(.wordBoundary(true))
        case "B": emit(.wordBoundary(false))
        case "A": emit(.textStart)
        case "z": emit(.textEnd)
        case "Z": emit(.lastLineEnd)
        case "G": emit(.textStart)
        case "R":
            let start = instructions.count
            emit(.split(start + 1, start + 4))
            emit(.scalar(0x0D))
            emit(.scalar(0x0A))
            emit(.jump(start + 5))
            emitSet(.lineEnd)
        case "Q": quoted()
        case "k":
            guard take("<") else { throw error("\\k is not followed by '<'") }
            let name = try groupName()
            guard let index = names[name] else { throw error("The group named <\(name)> does not exist") }
            emit(.reference(index, ignoresCase: options.ignoresCase))
        case "1", "2", "3", "4", "5", "6", "7", "8", "9":
            emit(.reference(reference(startingWith: Int(letter - 0x30)), ignoresCase: options.ignoresCase))
        default: emitLiteral(try escapedCharacter(letter))
        }
        return true
    }

    /// More digits belong to the number as long as there are so many groups.
    private mutating func reference(startingWith digit: Int) -> Int {
        var index = digit
        while let next = current, next >= 0x30, next <= 0x39, index * 10 + Int(next - 0x30) < groupCount {
            index = index * 10 + Int(next - 0x30)
            position += 1
        }
        return index
    }

    private mutating func quoted() {
        while position < text.count {
            if takeText("\\E") { return }
            emitLiteral(text[position])
            position += 1
        }
    }

    mutating func escapedCharacter(_ letter: UInt32) throws(ExpressionError) -> UInt32 {
        switch Unicode.Scalar(letter) {
        case "t": return 0x09
        case "n": return 0x0A
        case "r": return 0x0D
        case "f": return 0x0C
        case "a": return 0x07
        case "e": return 0x1B
        case "0":
            var value: UInt32 = 0
            var digits = 0
            while digits < 3, let next = current, next >= 0x30, next <= 0x37 {
                value = value * 8 + next - 0x30
                position += 1
                digits += 1
            }
            return value
        case "x":
            if take("{") {
                let value = try hexadecimal(digits: nil)
                guard take("}") else { throw error("Unclosed hexadecimal escape sequence") }
                return value
            }
            return try hexadecimal(digits: 2)
        case "u": return try hexadecimal(digits: 4)
        case "c":
            guard let next = current else { throw error("Illegal control escape sequence") }
            position += 1
            return next ^ 64
        case let scalar?:
            let isLetter = (letter | 0x20) >= 0x61 && (letter | 0x20) <= 0x7A
            if isLetter, scalar.isASCII { throw error("Illegal/unsupported escape sequence") }
            return letter
        case nil: return letter
        }
    }

    private mutating func hexadecimal(digits: Int?) throws(ExpressionError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits ?? 6, let next = current, let scalar = Unicode.Scalar(next),
            let digit = Character(scalar).hexDigitValue
        {
            value = value * 16 + UInt32(digit)
            position += 1
            count += 1
        }
        guard count > 0, digits == nil || count == digits else { throw error("Illegal hexadecimal escape sequence") }
        return value
    }
}
