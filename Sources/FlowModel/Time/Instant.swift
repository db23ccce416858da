/// A point in time: seconds and nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Instant: Sendable, Hashable, Comparable {
    public var seconds: Int64
    /// 0 ..< 1,000,000,000, also before 1970.
    public var nanoseconds: Int32

    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public init(_ timestamp: Timestamp) { self.init(milliseconds: timestamp.milliseconds) }

    public init(milliseconds: Int64) {
        let (seconds, rest) = milliseconds.flooredDivision(by: 1000)
        self.init(seconds: seconds, nanoseconds: Int32(rest) * 1_000_000)
    }

    public init(microseconds: Int64) {
        let (seconds, rest) = microseconds.flooredDivision(by: 1_000_000)
        self.init(seconds: seconds, nanoseconds: Int32(rest) * 1000)
    }

    public init(nanosecondsSince1970 count: Int64) {
        let (seconds, rest) = count.flooredDivision(by: 1_000_000_000)
        self.init(seconds: seconds, nanoseconds: Int32(rest))
    }

    /// The same point in whole milliseconds, rounded down; the ends of the range where it lies beyond them.
    public var timestamp: Timestamp { Timestamp(milliseconds: milliseconds) }

    /// Whole milliseconds since 1970, rounded down; the ends of the range where it lies beyond them.
    public var milliseconds: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : product + Int64(nanoseconds / 1_000_000)
    }

    public func advanced(by duration: ISODuration) -> Instant {
        let nanoseconds = nanoseconds + duration.nanoseconds
        let carry: Int64 = nanoseconds >= 1_000_000_000 ? 1 : 0
        return Instant(
            seconds: seconds &+ duration.seconds &+ carry, nanoseconds: nanoseconds - Int32(carry) * 1_000_000_000)
    }

    /// The time from `earlier` to this moment; negative when it lies after it.
    public func since(_ earlier: Instant) -> ISODuration {
        let borrow = nanoseconds < earlier.nanoseconds
        return ISODuration(
            seconds: seconds &- earlier.seconds &- (borrow ? 1 : 0),
            nanoseconds: nanoseconds - earlier.nanoseconds + (borrow ? 1_000_000_000 : 0))
    }

    public static func < (one: Instant, other: Instant) -> Bool {
        (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
    }
}

extension FixedWidthInteger {
    /// Quotient rounded towards minus infinity and the remainder, which is never negative for a positive divisor.
    @inlinable
    func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
