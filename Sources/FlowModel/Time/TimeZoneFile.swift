/// A compiled file of the time zone database (TZif, RFC 8536), version 1 to 4.
struct TimeZoneFile {
    private struct Header {
        var version: UInt8
        var (utCount, standardCount, leapCount, transitionCount, typeCount, nameBytes): (Int, Int, Int, Int, Int, Int)

        /// The length of the block that follows, with times of `width` bytes.
        func length(width: Int) -> Int {
            transitionCount * (width + 1) + typeCount * 6 + nameBytes + leapCount * (width + 4) + standardCount
                + utCount
        }
    }

    let id: String
    let bytes: [UInt8]

    /// Nil when the bytes are no such file.
    func rules() -> ZoneRules? {
        guard let first = header(at: 0) else { return nil }
        if first.version < UInt8(ascii: "2") { return rules(first, at: 44, width: 4, footer: nil) }
        let start = 44 + first.length(width: 4)
        guard let second = header(at: start) else { return nil }
        let end = start + 44 + second.length(width: 8)
        guard end < bytes.count, bytes[end] == 10 else { return nil }
        let footer = bytes[(end + 1)...].prefix { $0 != 10 }
        return rules(second, at: start + 44, width: 8, footer: String(decoding: footer, as: UTF8.self)[...])
    }

    private func header(at start: Int) -> Header? {
        guard start + 44 <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8) else { return nil }
        let counts = (0..<6).map { Int(number(at: start + 20 + $0 * 4, width: 4)) }
        guard counts.allSatisfy({ 0...100_000 ~= $0 }) else { return nil }
        return Header(
            version: bytes[start + 4], utCount: counts[0], standardCount: counts[1], leapCount: counts[2],
            transitionCount: counts[3], typeCount: counts[4], nameBytes: counts[5])
    }

    private func rules(_ header: Header, at start: Int, width: Int, footer: Substring?) -> ZoneRules? {
        guard header.typeCount > 0, start + header.length(width: width) <= bytes.count else { return nil }
        let kinds = start + header.transitionCount * width
        let types = kinds + header.transitionCount
        let names = types + header.typeCount * 6
        func period(_ type: Int) -> ZoneRules.Period? {
            let at = types + type * 6
            guard type < header.typeCount, Int(bytes[at + 5]) < header.nameBytes else { return nil }
            let name = bytes[(names + Int(bytes[at + 5]))..<(names + header.nameBytes)].prefix { $0 != 0 }
            return ZoneRules.Period(
                offset: Int(number(at: at, width: 4)), isDaylight: bytes[at + 4] != 0,
                abbreviation: String(decoding: name, as: UTF8.self))
        }
        guard let first = period(0) else { return nil }
        var (transitions, periods) = ([Int64](), [first])
        for index in 0..<header.transitionCount {
            guard let next = period(Int(bytes[kinds + index])) else { return nil }
            let moment = number(at: start + index * width, width: width)
            if next == periods[periods.count - 1] { continue }
            guard moment > transitions.last ?? .min else { return nil }
            transitions.append(moment)
            periods.append(next)
        }
        return ZoneRules(id: id, transitions: transitions, periods: periods, rule: footer.flatMap(RecurringRule.init))
    }

    /// A signed big-endian number.
    private func number(at start: Int, width: Int) -> Int64 {
        var number: UInt64 = bytes[start] >= 0x80 ? .max : 0
        for byte in bytes[start..<start + width] { number = number << 8 | UInt64(byte) }
        return Int64(bitPattern: number)
    }
}
