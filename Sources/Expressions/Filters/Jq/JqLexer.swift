import FlowModel

enum JqToken: Equatable {
    /// `.name`
    case field(String)
    case name(String)
    /// `$name`
    case variable(String)
    case number(Value)
    case string([JqTextToken])
    /// `@base64`
    case format(String)
    case symbol(String)
}

enum JqTextToken: Equatable {
    case text(String)
    /// What stands in `\( … )`.
    case code([JqToken])
}

struct JqSyntaxError: Error { let message: String }

/// Cuts a program into tokens.
struct JqLexer {
    private let characters: [Unicode.Scalar]
    private var position = 0
    private static let symbols = [
        "?//", "|=", "+=", "-=", "*=", "/=", "%=", "//=", "==", "!=", "<=", ">=", "//", "..", "|", ",", "+", "-", "*",
        "/", "%",
        "=", "<", ">", "(", ")", "[", "]", "{", "}", ":", ";", ".", "?",
    ].sorted { $0.count > $1.count }

    static func tokens(of program: String) throws(JqSyntaxError) -> [JqToken] {
        var lexer = JqLexer(characters: Array(program.unicodeScalars))
        let tokens = try lexer.tokens(untilParenthesis: false, depth: 0)
        return tokens
    }

    private init(characters: [Unicode.Scalar]) { self.characters = characters }

    private var current: Unicode.Scalar? { position < characters.count ? characters[position] : nil }

    private func isNameStart(at index: Int) -> Bool {
        guard index < characters.count else { return false }
        let scalar = characters[index]
        return scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private func isDigit(at index: Int) -> Bool { index < characters.count && ("0"..."9").contains(characters[index]) }

    private mutating func name() -> String {
        let start = position
        while isNameStart(at: position) || isDigit(at: position) { position += 1 }
        return text(start..<position)
    }

    private func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: characters[range])
        return String(view)
    }

    private mutating func tokens(untilParenthesis: Bool, depth: Int) throws(JqSyntaxError) -> [JqToken] {
        guard depth < 20 else { throw JqSyntaxError(message: "texts are nested too deeply") }
        var tokens: [JqToken] = []
        var parentheses = 0
        while let scalar = current {
            if scalar.properties.isWhitespace {
                position += 1
            } else if scalar == "#" {
                while let scalar = current, scalar != "\n" { position += 1 }
            } else if scalar == "\"" {
                tokens.append(.string(try string(depth: depth)))
            } else if scalar == ".", isNameStart(at: position + 1) {
                position += 1
                tokens.append(.field(name()))
            } else if isDigit(at: position) || (scalar == "." && isDigit(at: position + 1)) {
                tokens.append(.number(try number()))
            } else if scalar == "$" || scalar == "@" {
                position += 1
                guard isNameStart(at: position) else { throw JqSyntaxError(message: "a name must follow \(scalar)") }
                tokens.append(scalar == "$" ? .variable(name()) : .format(name()))
            } else if isNameStart(at: position) {
                tokens.append(.name(name()))
            } else {
                let symbol = try symbol()
                if symbol == "(" { parentheses += 1 }
                if symbol == ")" {
                    if parentheses == 0, untilParenthesis { return tokens }
                    parentheses -= 1
                }
                tokens.append(.symbol(symbol))
            }
        }
        if untilParenthesis { throw JqSyntaxError(message: "\"\\(\" is never closed") }
        return tokens
    }

    private mutating func symbol() throws(JqSyntaxError) -> String {
        let rest = characters[position...].prefix(3)
        for symbol in Self.symbols where rest.starts(with: symbol.unicodeScalars) {
            position += symbol.unicodeScalars.count
            return symbol
        }
        throw JqSyntaxError(message: "unexpected \"\(characters[position])\"")
    }

    private mutating func number() throws(JqSyntaxError) -> Value {
        let start = position
        while isDigit(at: position) { position += 1 }
        if current == "." {
            position += 1
            while isDigit(at: position) { position += 1 }
        }
        if let mark = current, mark == "e" || mark == "E" {
            let end = position
            position += 1
            if let sign = current, sign == "+" || sign == "-" { position += 1 }
            if !isDigit(at: position) { position = end }
            while isDigit(at: position) { position += 1 }
        }
        let digits = text(start..<position)
        if let whole = Int64(digits) { return .int(whole) }
        guard let number = Double(digits.hasPrefix(".") ? "0" + digits : digits.hasSuffix(".") ? digits + "0" : digits)
        else {
            throw JqSyntaxError(message: "\"\(digits)\" is no number")
        }
        return JqNumber.value(number)
    }

    private mutating func string(depth: Int) throws(JqSyntaxError) -> [JqTextToken] {
        position += 1
        var pieces: [JqTextToken] = []
        var text = String.UnicodeScalarView()
        while let scalar = current {
            position += 1
            if scalar == "\"" {
                if !text.isEmpty || pieces.isEmpty { pieces.append(.text(String(text))) }
                return pieces
            }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escape = current else { break }
            position += 1
            if escape == "(" {
                if !text.isEmpty { pieces.append(.text(String(text))) }
                text = .init()
                pieces.append(.code(try tokens(untilParenthesis: true, depth: depth + 1)))
            } else {
                text.append(try escaped(escape))
            }
        }
        throw JqSyntaxError(message: "a text is never closed")
    }

    private mutating func escaped(_ escape: Unicode.Scalar) throws(JqSyntaxError) -> Unicode.Scalar {
        switch escape {
        case "\"", "\\", "/": return escape
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "u":
            let first = try fourHexDigits()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard characters[position...].starts(with: "\\u".unicodeScalars) else { return "\u{FFFD}" }
            position += 2
            let second = try fourHexDigits()
            return Unicode.Scalar(0x10000 &+ (first & 0x3FF) << 10 &+ second & 0x3FF) ?? "\u{FFFD}"
        default: throw JqSyntaxError(message: "\"\\\(escape)\" means nothing in a text")
        }
    }

    private mutating func fourHexDigits() throws(JqSyntaxError) -> UInt32 {
        guard position + 4 <= characters.count, let number = UInt32(text(position..<position + 4), radix: 16) else {
            throw JqSyntaxError(message: "four hexadecimal digits must follow \\u")
        }
        position += 4
        return number
    }
}
