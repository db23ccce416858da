/// Where a wall clock hangs: a fixed distance from UTC, or a region of the time zone database with all its changes.
///
/// Nothing of the host counts but its copy of the database: neither its own zone nor its language.
public struct Zone: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: Hashable {
        case offset(Int32)
        case region(ZoneRules)
    }

    private let kind: Kind

    /// The region `UTC`; its moments print as `…Z[UTC]`.
    public static let utc = Zone(kind: .region(.utc))
    /// The plain offset `Z`.
    public static let zulu = Zone(kind: .offset(0))

    private init(kind: Kind) { self.kind = kind }

    init(_ rules: ZoneRules) { kind = .region(rules) }

    /// A fixed offset in seconds ahead of UTC, within 18 hours either way.
    public init?(offset: Int) {
        guard abs(offset) <= 64_800 else { return nil }
        kind = .offset(Int32(offset))
    }

    /// A zone by its name: `Z`, an offset (`+2`, `+02:00`, `-0330`), `UTC`, `GMT+1`, or a region such as `Europe/Paris`.
    /// - Throws: `time.unknown-zone`.
    public init(_ id: String) throws(Problem) {
        if let offset = Self.parseOffset(id) {
            kind = .offset(Int32(offset))
        } else if let rules = ZoneRules.named(id) {
            kind = .region(rules)
        } else {
            throw Problem(
                "time.unknown-zone", what: "Unknown time-zone ID: \(id)",
                fix: "use an offset such as +02:00 or a region such as Europe/Paris")
        }
    }

    /// `Z`, `+02:00` or the region's name.
    public var id: String {
        switch kind {
        case .offset(let seconds): Self.offsetText(Int(seconds))
        case .region(let rules): rules.id
        }
    }

    public var description: String { id }

    /// False for a plain offset, which moments do not print in brackets.
    public var isRegion: Bool { if case .region = kind { true } else { false } }

    /// The offset that never changes; nil where it does.
    public var fixedOffset: Int? {
        switch kind {
        case .offset(let seconds): Int(seconds)
        case .region(let rules): rules.fixedOffset
        }
    }

    /// Seconds ahead of UTC at that many seconds since 1970.
    public func offset(at second: Int64) -> Int {
        switch kind {
        case .offset(let seconds): Int(seconds)
        case .region(let rules): rules.fixedOffset ?? rules.period(at: second).offset
        }
    }

    /// The offset at which this wall time counts: in an overlap the earlier moment's, or `preferred` if it is one of the
    /// two; in a gap the one before it, which moves the time on by the length of the gap.
    public func offset(for local: LocalDateTime, preferring preferred: Int? = nil) -> Int {
        switch kind {
        case .offset(let seconds): Int(seconds)
        case .region(let rules):
            rules.fixedOffset ?? rules.offset(forLocalSecond: local.localEpochSecond, preferring: preferred)
        }
    }

    /// The first moment after `second` (seconds since 1970) at which the offset or the zone's name changes; nil when
    /// nothing is known to change any more.
    public func nextTransition(after second: Int64) -> Int64? {
        if case .region(let rules) = kind { rules.nextTransition(after: second) } else { nil }
    }

    /// `CEST`, `EST`: what the database calls the zone at that moment; the offset for zones without a name.
    public func abbreviation(at second: Int64) -> String {
        switch kind {
        case .offset: id
        case .region(let rules): rules.fixedOffset == nil ? rules.period(at: second).abbreviation : rules.shortName
        }
    }

    public func isDaylightSaving(at second: Int64) -> Bool {
        if case .region(let rules) = kind { rules.period(at: second).isDaylight } else { false }
    }
}

extension Zone {
    /// `Z`, `+02:00`, `-03:30`, `+01:23:45`.
    static func offsetText(_ offset: Int) -> String {
        if offset == 0 { return "Z" }
        var text: [UInt8] = []
        text.appendOffset(offset, colon: true)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads `Z`, `+h`, `+hh`, `+hhmm`, `+hh:mm`, `+hhmmss`, `+hh:mm:ss` (or with `-`); nil for anything else.
    static func parseOffset(_ text: String) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        var bytes = text.utf8[...]
        guard let sign = bytes.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var digits: [Int] = []
        for byte in bytes where byte != UInt8(ascii: ":") {
            guard 0x30...0x39 ~= byte else { return nil }
            digits.append(Int(byte) - 0x30)
        }
        let hasColons = parts.count > 1
        if hasColons, !parts.allSatisfy({ $0.count == 2 }) { return nil }
        if digits.count == 1, !hasColons { digits.insert(0, at: 0) }
        guard [2, 4, 6].contains(digits.count), !hasColons || parts.count * 2 == digits.count else { return nil }
        let fields = stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] } + [0, 0]
        let seconds = fields[0] * 3600 + fields[1] * 60 + fields[2]
        guard fields[1] < 60, fields[2] < 60, seconds <= 64_800 else { return nil }
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}
