/// A moment: milliseconds since 1970, UTC. What rows, histories and timers keep.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }

    /// The last moment whose year has four digits: nothing is ever due later.
    public static let latest = Timestamp(milliseconds: 253_402_300_799_999)
    /// As far before 1970 as ``latest`` is after it.
    public static let earliest = Timestamp(milliseconds: -253_402_300_799_999)

    /// Stops at ``latest`` and ``earliest``.
    public func advanced(by duration: ISODuration) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(duration.milliseconds)
        if overflow { return duration.seconds < 0 ? .earliest : .latest }
        return min(max(Timestamp(milliseconds: sum), .earliest), .latest)
    }

    /// The time from `earlier` to this moment; negative when it lies after it.
    public func since(_ earlier: Timestamp) -> ISODuration {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return .milliseconds(overflow ? (milliseconds < 0 ? .min + 999 : .max) : difference)
    }
}
