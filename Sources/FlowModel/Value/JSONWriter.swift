struct JSONWriter {
    let form: JSONForm
    private var depth = 0

    init(form: JSONForm) { self.form = form }

    mutating func write(_ value: Value, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append("null")
        case .bool(let flag): bytes.append(flag ? "true" : "false")
        case .int(let number): bytes.append(decimal: number)
        case .float(let number): write(number: number.javaText, isFinite: number.isFinite, to: &bytes)
        case .double(let number): write(number: number.javaText, isFinite: number.isFinite, to: &bytes)
        case .decimal(let number): bytes += number.plainText
        case .string(let text): bytes.append(quoted: text)
        case .list(let items): write(items, to: &bytes)
        case .map(let members): write(members, to: &bytes)
        case .moment(let moment): write(moment, to: &bytes)
        case .duration(let duration): write(duration, to: &bytes)
        }
    }

    private func write(number: String, isFinite: Bool, to bytes: inout [UInt8]) {
        if isFinite { bytes.append(contentsOf: number.utf8) } else { bytes.append(quoted: number) }
    }

    private mutating func write(_ items: [Value], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        depth += 1
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(&bytes)
            write(item, to: &bytes)
        }
        depth -= 1
        if !items.isEmpty { breakLine(&bytes) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ members: ValueMap, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        depth += 1
        var isFirst = true
        for (key, value) in members.elements {
            if !form.keepsNulls, case .null = value { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            breakLine(&bytes)
            bytes.append(quoted: key)
            bytes.append(UInt8(ascii: ":"))
            if form.isPretty { bytes.append(UInt8(ascii: " ")) }
            write(value, to: &bytes)
        }
        depth -= 1
        if !isFirst { breakLine(&bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    private func breakLine(_ bytes: inout [UInt8]) {
        guard form.isPretty else { return }
        bytes.append(10)
        bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }

    private func write(_ moment: Moment, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        switch moment {
        case .zoned(let zoned):
            let shown = form.zone.map(zoned.converted(to:)) ?? zoned
            bytes.append(shown, alwaysSeconds: true, region: false, inThrees: false)
        case .instant(let instant): bytes.append(instant)
        case .localDateTime(let local): bytes.append(local, alwaysSeconds: true, inThrees: false)
        case .localDate(let date): bytes.append(date)
        case .legacy(let instant):
            let local = LocalDateTime(instant, offset: 0)
            bytes.append(local.date)
            bytes.append(UInt8(ascii: "T"))
            bytes.append(LocalTime(trustedSecondOfDay: local.time.secondOfDay, nano: 0), alwaysSeconds: true)
            bytes.append(UInt8(ascii: "."))
            bytes.appendPadded(local.time.nano / 1_000_000, width: 3)
            bytes.append("+00:00")
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func write(_ duration: ISODuration, to bytes: inout [UInt8]) {
        if form.durationsAsSeconds {
            bytes.append(contentsOf: duration.secondsText.utf8)
        } else {
            bytes.append(quoted: duration.description)
        }
    }
}

extension [UInt8] {
    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        if rest < 10 { return append(UInt8(0x30 + rest)) }
        let start = count
        while rest > 0 {
            append(UInt8(0x30 + rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }

    /// A JSON string: quotes, backslashes and control characters escaped, everything else as it is.
    mutating func append(quoted text: String) {
        append(UInt8(ascii: "\""))
        let written: Void? = text.utf8.withContiguousStorageIfAvailable { appendEscaped($0) }
        if written == nil { Array(text.utf8).withUnsafeBufferPointer { appendEscaped($0) } }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var plain = 0
        for (index, byte) in text.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            append(contentsOf: UnsafeBufferPointer(rebasing: text[plain..<index]))
            plain = index + 1
            appendEscape(byte)
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: text[plain...]))
    }

    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 10: append(UInt8(ascii: "n"))
        case 9: append(UInt8(ascii: "t"))
        case 13: append(UInt8(ascii: "r"))
        case 8: append(UInt8(ascii: "b"))
        case 12: append(UInt8(ascii: "f"))
        case 0..<0x20:
            append("u00")
            append(byte < 16 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let low = byte & 15
            append(low < 10 ? 0x30 + low : 0x37 + low)
        default: append(byte)
        }
    }
}
