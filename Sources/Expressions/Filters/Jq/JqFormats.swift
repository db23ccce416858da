import FlowModel

/// `@csv`, `@base64` and the other formats.
enum JqFormats {
    static func text(of value: Value, in format: String) throws(JqStop) -> String {
        switch format {
        case "text": return JqTexts.text(of: value)
        case "json": return value.jsonText()
        case "csv": return try row(value, "csv", separator: ",") { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
        case "tsv":
            return try row(value, "tsv", separator: "\t") { text in
                text.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
                    .replacing("\r", with: "\\r")
            }
        case "html": return escapedHTML(JqTexts.text(of: value))
        case "uri": return escapedURI(JqTexts.text(of: value))
        case "sh":
            let items = value.list ?? [value]
            var words: [String] = []
            for item in items { words.append(try shellWord(item)) }
            return words.joined(separator: " ")
        case "base64": return encoded64(Array(JqTexts.text(of: value).utf8))
        case "base64d":
            let text = JqTexts.text(of: value)
            guard let bytes = decoded64(text) else {
                throw .message("\(JqOrder.described(value)) is not valid base64 data")
            }
            return String(decoding: bytes, as: UTF8.self)
        default: throw .failed(.evaluation("\(format) is not a valid jq format."))
        }
    }

    private static func row(
        _ value: Value, _ name: String, separator: String, _ quoted: (String) -> String
    ) throws(JqStop) -> String {
        guard case .list(let items) = value else {
            throw .message("\(JqOrder.described(value)) cannot be \(name)-formatted, only an array can be")
        }
        var cells: [String] = []
        for item in items {
            switch item {
            case .null: cells.append("")
            case .bool, .int, .float, .double, .decimal: cells.append(item.jsonText())
            case .string(let text): cells.append(quoted(text))
            default: throw .message("\(JqOrder.described(item)) is not valid in a \(name) row")
            }
        }
        return cells.joined(separator: separator)
    }

    private static func escapedHTML(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "'": result += "&#39;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escapedURI(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain =
                0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }

    private static func shellWord(_ value: Value) throws(JqStop) -> String {
        switch value {
        case .string(let text): return "'" + text.replacing("'", with: "'\\''") + "'"
        case .list, .map: throw .message("\(JqOrder.described(value)) can not be escaped for shell")
        default: return value.jsonText()
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func encoded64(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            let bits = chunk.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - chunk.count))
            for place in 0..<4 {
                result.append(
                    place <= chunk.count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func decoded64(_ text: String) -> [UInt8]? {
        var (result, bits, count) = ([UInt8](), UInt32(0), 0)
        for byte in text.utf8.prefix(while: { $0 != UInt8(ascii: "=") }) {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }
}
