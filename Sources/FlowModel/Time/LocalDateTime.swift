/// A date and a time of day that belong to no zone.
public struct LocalDateTime: Sendable, Hashable, Comparable {
    public var date: LocalDate
    public var time: LocalTime

    public init(date: LocalDate, time: LocalTime) {
        self.date = date
        self.time = time
    }

    /// The wall clock that stands `offset` seconds ahead of UTC at an instant; held at the first or last day there is
    /// when it lies beyond.
    public init(_ instant: Instant, offset: Int) {
        let (day, second) = instant.seconds.addingClamped(Int64(offset)).flooredDivision(by: 86_400)
        let range = LocalDate.epochDays
        date = LocalDate(trustedEpochDay: min(max(day, range.lowerBound), range.upperBound))
        time = LocalTime(trustedSecondOfDay: Int(second), nano: Int(instant.nanoseconds))
    }

    /// Seconds since 1970-01-01T00:00 on this wall clock.
    public var localEpochSecond: Int64 { date.epochDay * 86_400 + Int64(time.secondOfDay) }

    /// The instant at which a clock `offset` seconds ahead of UTC shows this.
    public func instant(offset: Int) -> Instant {
        Instant(seconds: localEpochSecond - Int64(offset), nanoseconds: Int32(time.nano))
    }

    public static func < (one: LocalDateTime, other: LocalDateTime) -> Bool {
        (one.date, one.time) < (other.date, other.time)
    }
}

extension Int64 {
    /// The sum, or the end of the range where it lies beyond.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
