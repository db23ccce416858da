import FlowModel

/// Writes YAML in block style, list markers indented by one. Source: expressions spec §10.7.
struct YAMLWriter {
    private var text = ""

    /// Always ends with a line end.
    static func text(of value: Value) -> String {
        var writer = YAMLWriter()
        switch value {
        case .list(let items) where !items.isEmpty: writer.write(items, indent: 0)
        case .map(let members) where !members.isEmpty: writer.write(members, indent: 0)
        case .string(""): writer.text = "--- \"\"\n"
        default:
            writer.writeScalar(value, indent: 0)
            writer.text += "\n"
        }
        return writer.text
    }

    private mutating func write(_ items: [Value], indent: Int) {
        for item in items {
            text += blanks(indent + 1) + "-"
            switch item {
            case .list(let inner) where !inner.isEmpty:
                text += "\n"
                write(inner, indent: indent + 2)
            case .map(let members) where !members.isEmpty:
                text += "\n"
                write(members, indent: indent + 2)
            default:
                text += " "
                writeScalar(item, indent: indent + 2)
                text += "\n"
            }
        }
    }

    private mutating func write(_ members: ValueMap, indent: Int) {
        for (key, member) in members {
            text += blanks(indent)
            writeString(key, indent: indent, isKey: true)
            text += ":"
            switch member {
            case .list(let items) where !items.isEmpty:
                text += "\n"
                write(items, indent: indent)
            case .map(let inner) where !inner.isEmpty:
                text += "\n"
                write(inner, indent: indent + 2)
            default:
                text += " "
                writeScalar(member, indent: indent + 2)
                text += "\n"
            }
        }
    }

    private func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }

    private mutating func writeScalar(_ value: Value, indent: Int) {
        switch value {
        case .list: text += "[]"
        case .map: text += "{}"
        case .string(let string): writeString(string, indent: indent, isKey: false)
        case .moment(.zoned(let zoned)): text += Self.quotedIfNeeded(zoned.description)
        case .duration(let duration): text += duration.description
        default: text += value.plain()
        }
    }

    private mutating func writeString(_ string: String, indent: Int, isKey: Bool) {
        if !isKey, string.utf8.contains(0x0A), Self.canBeBlock(string) {
            writeBlock(string, indent: indent)
        } else {
            text += Self.quotedIfNeeded(string)
        }
    }

    private static func canBeBlock(_ string: String) -> Bool {
        string.utf8.first != 0x20 && string.utf8.first != 0x0A
            && string.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || ($0.value >= 0x20 && $0.value != 0x7F) }
    }

    /// `|-` without a line end at the end, `|` with one, `|+` with more.
    private mutating func writeBlock(_ string: String, indent: Int) {
        var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        if string.hasSuffix("\n\n") {
            text += "|+"
            lines.removeLast()
        } else if string.hasSuffix("\n") {
            text += "|"
            lines.removeLast()
        } else {
            text += "|-"
        }
        for line in lines { text += "\n" + (line.isEmpty ? "" : blanks(max(indent, 2)) + line) }
    }

    // MARK: - Quotes

    static func quotedIfNeeded(_ string: String) -> String {
        if needsDoubleQuotes(string) { return doubleQuoted(string) }
        return needsSingleQuotes(string)
            ? "'" + string.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
            : string
    }

    private static let special: Set<String> = [
        "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n",
    ]

    private static func needsDoubleQuotes(_ string: String) -> Bool {
        if special.contains(string.lowercased()) { return true }
        if string.hasSuffix(":") || string.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return true
        }
        if "{}[],".unicodeScalars.contains(string.unicodeScalars.first ?? "a") { return true }
        return TextSearch.contains(": ", in: string) || TextSearch.contains(" #", in: string)
    }

    private static func needsSingleQuotes(_ string: String) -> Bool {
        guard let first = string.unicodeScalars.first else { return false }
        if string.hasPrefix(" ") || string.hasSuffix(" ") { return true }
        if "&*!|>'\"%@`#".unicodeScalars.contains(first) { return true }
        let isFollowedByBlank = string.utf8.count == 1 || string.utf8.dropFirst().first == 0x20
        return "-?:".unicodeScalars.contains(first) && isFollowedByBlank || string == "---"
    }

    private static func doubleQuoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                text += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
