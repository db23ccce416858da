/// The texts by which a secret shows itself in logs: itself, its lines, and what encoders make of it.
///
/// A secret of a few characters has no other forms than itself: their encodings would hide ordinary text.
struct SecretForms {
    /// One text to be masked.
    struct Form: Hashable {
        var bytes: [UInt8]
        /// Whether the character before, or the one after, holds bits of the secret too, as in the middle of Base64.
        var takesBefore = false
        var takesAfter = false
    }

    /// Values shorter than this would mask ordinary words.
    static let shortest = 3
    /// Only of longer values the encodings are masked too.
    private static let shortestEncoded = 6
    private static let shortestLine = 8
    private static let mostLines = 500

    private(set) var all: Set<Form> = []

    init(of secret: String) {
        add(secret)
        guard secret.utf8.count >= Self.shortestEncoded else { return }
        encode(secret)
        guard secret.utf8.contains(where: { $0 == 10 || $0 == 13 }) else { return }
        for line in secret.split(whereSeparator: \.isNewline).prefix(Self.mostLines) {
            let text = String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            // The frame of a key is no secret.
            if text.utf8.count >= Self.shortestLine, !text.hasPrefix("-----") { add(text) }
        }
    }

    private mutating func add(_ text: String) {
        let bytes = Array(text.utf8)
        if bytes.count >= Self.shortest { all.insert(Form(bytes: bytes)) }
    }

    private mutating func encode(_ secret: String) {
        let bytes = Array(secret.utf8)
        for offset in 0..<3 { addBase64(bytes, after: offset) }
        for percent in Percent.allCases { add(percent.encoded(bytes)) }
        for json in JSONStyle.allCases { add(json.escaped(secret)) }
        if bytes.contains(where: { "&<>\"'".utf8.contains($0) }) {
            for (double, single) in [
                ("\"", "'"), ("&quot;", "'"), ("&quot;", "&#39;"), ("&quot;", "&apos;"), ("&quot;", "&#x27;"),
                ("&#34;", "&#39;"),
            ] {
                add(Self.markup(secret, double, single))
            }
        }
        // As a shell shows it in single quotes.
        if secret.contains("'") { add(secret.replacing("'", with: #"'\''"#)) }
    }

    // MARK: Base64

    /// What Base64 makes of the bytes when `offset` others stand before them: the characters that depend on nothing else.
    private mutating func addBase64(_ bytes: [UInt8], after offset: Int) {
        let total = offset + bytes.count
        let whole = total * 8 / 6
        let encoded = Self.base64([UInt8](repeating: 0, count: offset) + bytes)
        let start = offset == 0 ? 0 : offset + 1
        guard start < whole else { return }
        let characters = Array(encoded[start..<whole])
        let form = Form(bytes: characters, takesBefore: offset > 0, takesAfter: total % 3 != 0)
        all.insert(form)
        let safe = characters.map {
            $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
        }
        if safe != characters {
            all.insert(Form(bytes: safe, takesBefore: form.takesBefore, takesAfter: form.takesAfter))
        }
    }

    /// Without padding.
    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var (result, held, bits) = ([UInt8](), UInt32(0), 0)
        result.reserveCapacity(bytes.count * 4 / 3 + 1)
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                result.append(alphabet[Int(held >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { result.append(alphabet[Int(held << UInt32(6 - bits) & 63)]) }
        return result
    }

    // MARK: URLs, JSON, markup

    private enum Percent: CaseIterable {
        case strict, strictLowercase, script, form

        func encoded(_ bytes: [UInt8]) -> String {
            let digits = Array((self == .strictLowercase ? "0123456789abcdef" : "0123456789ABCDEF").utf8)
            var result: [UInt8] = []
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    result.append(byte)
                case UInt8(ascii: "~") where self != .form, UInt8(ascii: "*") where self == .form || self == .script:
                    result.append(byte)
                case UInt8(ascii: " ") where self == .form:
                    result.append(UInt8(ascii: "+"))
                case _ where self == .script && "!'()".utf8.contains(byte):
                    result.append(byte)
                default:
                    result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
            return String(decoding: result, as: UTF8.self)
        }
    }

    private enum JSONStyle: CaseIterable {
        case plain, slashes, ascii

        func escaped(_ text: String) -> String {
            var result = ""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": result += "\\\""
                case "\\": result += "\\\\"
                case "\n": result += "\\n"
                case "\r": result += "\\r"
                case "\t": result += "\\t"
                case "/" where self == .slashes: result += "\\/"
                case _ where scalar.value < 0x20 || (self == .ascii && scalar.value > 0x7E):
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result
        }
    }

    private static func markup(_ text: String, _ double: String, _ single: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += double
            case "'": result += single
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
