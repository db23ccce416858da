struct DatePatternWriter {
    private let moment: ZonedDateTime
    private let local: LocalDateTime
    private let language: DateLanguage
    private(set) var text = ""

    init(moment: ZonedDateTime, language: DateLanguage) {
        self.moment = moment
        local = moment.local
        self.language = language
    }

    mutating func write(_ elements: [DatePattern.Element]) {
        for element in elements { write(element) }
    }

    private mutating func write(_ element: DatePattern.Element) {
        switch element {
        case .literal(let literal): text += literal
        case .number(let field, let least, _, let sign): write(field, least: least, sign)
        case .twoDigitYear(let field):
            text += padded(field.value(of: local, in: language).flooredDivision(by: 100).remainder, 2)
        case .word(let word, let width): text += language.name(of: word, width, at: local)
        case .fraction(let least, let most, let point): writeFraction(least: least, most: most, point: point)
        case .offset(let form): text += form.text(of: moment.offset)
        case .localizedOffset(let full): text += Self.localizedOffset(moment.offset, full: full)
        case .zoneID: text += moment.zone.id
        case .zoneName(let full): text += language.zoneName(of: moment, full: full)
        case .bracketedRegion: if moment.zone.isRegion { text += "[\(moment.zone.id)]" }
        case .instant: text += moment.instant.description
        case .optional(let inner): write(inner)
        case .padded(let width, let inner):
            var part = DatePatternWriter(moment: moment, language: language)
            part.write(inner)
            text += String(repeating: " ", count: max(0, width - part.text.count)) + part.text
        case .localized(let style): write(language.elements(of: style))
        }
    }

    private func padded(_ number: Int, _ width: Int) -> String { .ascii { $0.appendPadded(number, width: width) } }

    private mutating func write(_ field: DatePattern.Field, least: Int, _ sign: DatePattern.Sign) {
        let number = field.value(of: local, in: language)
        let digits = padded(abs(number), least)
        if number < 0 { text += "-" } else if case .beyondWidth = sign, digits.utf8.count > least { text += "+" }
        text += digits
    }

    private mutating func writeFraction(least: Int, most: Int, point: Bool) {
        var digits = padded(local.time.nano, 9).prefix(most)
        while digits.utf8.count > least, digits.last == "0" { digits.removeLast() }
        if digits.isEmpty { return }
        text += (point ? "." : "") + digits
    }

    /// `GMT`, `GMT-4`, `GMT-04:00`.
    private static func localizedOffset(_ offset: Int, full: Bool) -> String {
        if offset == 0 { return "GMT" }
        let seconds = abs(offset)
        let sign = offset < 0 ? "-" : "+"
        let tail = String.ascii { bytes in
            bytes.appendPadded(seconds / 3600, width: full ? 2 : 1)
            if full || seconds % 3600 != 0 {
                bytes.append(UInt8(ascii: ":"))
                bytes.appendPadded(seconds / 60 % 60, width: 2)
            }
            if seconds % 60 != 0 {
                bytes.append(UInt8(ascii: ":"))
                bytes.appendPadded(seconds % 60, width: 2)
            }
        }
        return "GMT\(sign)\(tail)"
    }
}

extension DatePattern.OffsetForm {
    func text(of offset: Int) -> String {
        if offset == 0 || (offset.magnitude < 60 && parts != .secondsIfAny) { return zero }
        let seconds = abs(offset)
        return .ascii { bytes in
            bytes.append(UInt8(ascii: offset < 0 ? "-" : "+"))
            bytes.appendPadded(seconds / 3600, width: 2)
            if parts != .hoursAndMinutesIfAny || seconds / 60 % 60 != 0 {
                if colon { bytes.append(UInt8(ascii: ":")) }
                bytes.appendPadded(seconds / 60 % 60, width: 2)
            }
            if parts == .secondsIfAny, seconds % 60 != 0 {
                if colon { bytes.append(UInt8(ascii: ":")) }
                bytes.appendPadded(seconds % 60, width: 2)
            }
        }
    }
}
