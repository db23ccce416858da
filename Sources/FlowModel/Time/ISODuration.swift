/// A length of time of exact seconds and nanoseconds, written as ISO 8601 (`PT5S`, `P1D`): a day is 24 hours.
public struct ISODuration: Sendable, Hashable, Comparable {
    public var seconds: Int64
    /// 0 ..< 1,000,000,000, also for negative durations, as in −0.5 s = −1 s + 500,000,000 ns.
    public var nanoseconds: Int32

    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public static let zero = ISODuration(seconds: 0)
    public static func seconds(_ count: Int64) -> ISODuration { ISODuration(seconds: count) }
    public static func minutes(_ count: Int64) -> ISODuration { ISODuration(seconds: count * 60) }
    public static func hours(_ count: Int64) -> ISODuration { ISODuration(seconds: count * 3600) }
    public static func milliseconds(_ count: Int64) -> ISODuration {
        let seconds = count >= 0 ? count / 1000 : (count - 999) / 1000
        return ISODuration(seconds: seconds, nanoseconds: Int32(count - seconds * 1000) * 1_000_000)
    }

    /// Whole milliseconds, rounded down; at most 2^61 either way, so that sums of a few of them hold too.
    public var milliseconds: Int64 {
        let most: Int64 = 1 << 61
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? -most : most }
        return min(max(product, -most), most) + Int64(nanoseconds) / 1_000_000
    }

    public static func < (one: ISODuration, other: ISODuration) -> Bool {
        (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
    }
}
