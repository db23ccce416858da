import FlowModel

/// Writes Amazon Ion text. Source: expressions spec §10.6.
public struct IonWriter {
    private var text = ""
    private let zone: Zone

    private init(zone: Zone) { self.zone = zone }

    /// The Ion text of a value, on one line; zoned dates are converted to `zone`.
    public static func text(of value: Value, in zone: Zone = .utc) -> String {
        var writer = IonWriter(zone: zone)
        writer.write(value)
        return writer.text
    }

    private mutating func write(_ value: Value) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .int(let number): text += String(number)
        case .float(let number): write(Double(number))
        case .double(let number): write(number)
        case .decimal(let number): text += number.scale == 0 ? number.description : decimal(number)
        case .string(let string): quote(string, "\"")
        case .list(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                write(item)
            }
            text += "]"
        case .map(let members):
            text += "{"
            for (index, member) in members.elements.enumerated() {
                if index > 0 { text += "," }
                writeName(member.key)
                text += ":"
                write(member.value)
            }
            text += "}"
        case .duration(let duration):
            text += "Duration::"
            quote(duration.description, "\"")
        case .moment(let moment): write(moment)
        }
    }

    private func decimal(_ number: Decimal) -> String {
        number.scale > 0 ? number.description : "\(number.description)."
    }

    /// `1.5e0`, `100e0`, `nan`, `+inf`
    private mutating func write(_ number: Double) {
        if number.isNaN { return text += "nan" }
        if number.isInfinite { return text += number < 0 ? "-inf" : "+inf" }
        let plain = number.javaText
        if plain.hasSuffix(".0") {
            text += plain.dropLast(2) + "e0"
        } else {
            text += plain.utf8.contains(UInt8(ascii: "E")) ? plain : plain + "e0"
        }
    }

    private mutating func write(_ moment: Moment) {
        switch moment {
        case .localDate(let date): text += date.description
        case .instant(let instant), .legacy(let instant):
            text += Self.timestamp(instant)
        case .zoned(let zoned):
            text += "ZonedDateTime::"
            quote(zoned.converted(to: zone).offsetText + (zone.isRegion ? "[\(zone.id)]" : ""), "\"")
        case .localDateTime(let local):
            text += "LocalDateTime::"
            quote(local.fullText, "\"")
        }
    }

    /// `2013-09-08T16:19:00.000Z`: with milliseconds, or as many digits as are needed.
    private static func timestamp(_ instant: Instant) -> String {
        let text = instant.description
        return text.contains(".") ? text : text.dropLast() + ".000Z"
    }

    private mutating func writeName(_ name: String) {
        if Self.isIdentifier(name) { text += name } else { quote(name, "'") }
    }

    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(first >= 0x30 && first <= 0x39) else { return false }
        if ["null", "true", "false", "nan"].contains(name) { return false }
        return name.utf8.allSatisfy { byte in
            let letter = byte | 0x20
            return (letter >= 0x61 && letter <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F || byte == 0x24
        }
    }

    private mutating func quote(_ string: String, _ mark: Unicode.Scalar) {
        text.unicodeScalars.append(mark)
        for scalar in string.unicodeScalars {
            switch scalar {
            case mark, "\\":
                text += "\\"
                text.unicodeScalars.append(scalar)
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0": text += "\\0"
            case "\u{1}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text.unicodeScalars.append(mark)
    }
}
