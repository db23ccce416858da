/// A time of day, in no zone, with nanoseconds.
public struct LocalTime: Sendable, Hashable, Comparable {
    private let storedHour: UInt8
    private let storedMinute: UInt8
    private let storedSecond: UInt8
    private let storedNano: Int32

    /// 0 … 23.
    public var hour: Int { Int(storedHour) }
    public var minute: Int { Int(storedMinute) }
    public var second: Int { Int(storedSecond) }
    /// 0 ..< 1,000,000,000.
    public var nano: Int { Int(storedNano) }

    public static let midnight = LocalTime(trustedSecondOfDay: 0, nano: 0)
    public static let noon = LocalTime(trustedSecondOfDay: 43_200, nano: 0)

    /// Nil when there is no such time.
    public init?(hour: Int, minute: Int, second: Int = 0, nano: Int = 0) {
        guard 0..<24 ~= hour, 0..<60 ~= minute, 0..<60 ~= second, 0..<1_000_000_000 ~= nano else { return nil }
        self.init(trustedSecondOfDay: hour * 3600 + minute * 60 + second, nano: nano)
    }

    init(trustedSecondOfDay second: Int, nano: Int) {
        storedHour = UInt8(truncatingIfNeeded: second / 3600)
        storedMinute = UInt8(truncatingIfNeeded: second / 60 % 60)
        storedSecond = UInt8(truncatingIfNeeded: second % 60)
        storedNano = Int32(truncatingIfNeeded: nano)
    }

    init(trustedNanoOfDay nano: Int64) {
        self.init(trustedSecondOfDay: Int(nano / 1_000_000_000), nano: Int(nano % 1_000_000_000))
    }

    /// 0 ..< 86,400.
    public var secondOfDay: Int { hour * 3600 + minute * 60 + second }
    public var nanoOfDay: Int64 { Int64(secondOfDay) * 1_000_000_000 + Int64(nano) }

    public static func < (one: LocalTime, other: LocalTime) -> Bool { one.nanoOfDay < other.nanoOfDay }
}
