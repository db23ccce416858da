/// The two texts of a value. Source: expressions spec §8.1, §8.3.
extension Value {
    /// What an expression prints: nothing for null, lists and maps as JSON. Dates keep their own zone, but inside lists
    /// and maps, and for the date type of old, `zone` (the server's) counts.
    public func printed(in zone: Zone = .utc) -> String {
        switch self {
        case .null: ""
        case .list, .map: jsonText(.expression(in: zone))
        default: plain(in: zone)
        }
    }

    /// What joins other text: `null` for null, lists as `[1, b, null]`, maps as `{a=1, b=x}`.
    public func plain(in zone: Zone = .utc) -> String {
        switch self {
        case .string(let text): return text
        case .list, .map: break
        default: return scalarText(in: zone)
        }
        var text = ""
        appendPlain(to: &text, in: zone)
        return text
    }

    private func appendPlain(to text: inout String, in zone: Zone) {
        switch self {
        case .list(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += ", " }
                item.appendPlain(to: &text, in: zone)
            }
            text += "]"
        case .map(let members):
            text += "{"
            for (index, member) in members.elements.enumerated() {
                if index > 0 { text += ", " }
                text += member.key + "="
                member.value.appendPlain(to: &text, in: zone)
            }
            text += "}"
        default:
            text += scalarText(in: zone)
        }
    }

    private func scalarText(in zone: Zone) -> String {
        switch self {
        case .null, .list, .map: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .float(let number): number.javaText
        case .double(let number): number.javaText
        case .decimal(let number): number.description
        case .string(let text): text
        case .moment(let moment): moment.text(in: zone)
        case .duration(let duration): duration.description
        }
    }
}

extension Moment {
    /// The text of a date by itself; `zone` (the server's) is what the date type of old is shown in.
    public func text(in zone: Zone = .utc) -> String {
        switch self {
        case .zoned(let zoned): zoned.description
        case .instant(let instant): instant.description
        case .localDateTime(let local): local.description
        case .localDate(let date): date.description
        case .legacy(let instant): Self.legacyText(ZonedDateTime(instant, in: zone))
        }
    }

    /// `Sun Sep 08 15:19:12 UTC 2013`.
    private static func legacyText(_ moment: ZonedDateTime) -> String {
        let local = moment.local
        let weekday = local.date.dayOfWeek.rawValue.prefix(3)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let middle = String.ascii { bytes in
            bytes.append(UInt8(ascii: " "))
            bytes.appendPadded(local.date.day, width: 2)
            bytes.append(UInt8(ascii: " "))
            bytes.append(LocalTime(trustedSecondOfDay: local.time.secondOfDay, nano: 0), alwaysSeconds: true)
            bytes.append(UInt8(ascii: " "))
        }
        let zone = moment.zone.abbreviation(at: moment.instant.seconds)
        return weekday.prefix(1) + weekday.dropFirst().lowercased() + " " + months[local.date.month - 1] + middle + zone
            + " \(local.date.year)"
    }
}
