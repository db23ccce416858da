/// A moment: milliseconds since 1970, UTC. What rows, histories and timers keep.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }

    public func advanced(by duration: ISODuration) -> Timestamp {
        Timestamp(milliseconds: milliseconds + duration.milliseconds)
    }

    /// The time from `earlier` to this moment; negative when it lies after it.
    public func since(_ earlier: Timestamp) -> ISODuration { .milliseconds(milliseconds - earlier.milliseconds) }
}
