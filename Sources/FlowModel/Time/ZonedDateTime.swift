/// A point in time seen from a zone.
public struct ZonedDateTime: Sendable, Hashable {
    public let instant: Instant
    public let zone: Zone
    /// Seconds ahead of UTC at that instant.
    public let offset: Int

    public init(_ instant: Instant, in zone: Zone) {
        self.instant = instant
        self.zone = zone
        offset = zone.offset(at: instant.seconds)
    }

    /// The moment at which clocks of the zone show `local`. A time that clocks skip is moved on by the length of the
    /// gap; of a time they show twice the earlier one is meant, or the one with offset `preferred`.
    public init(_ local: LocalDateTime, in zone: Zone, preferring preferred: Int? = nil) {
        let offset = zone.offset(for: local, preferring: preferred)
        self.init(local.instant(offset: offset), in: zone)
    }

    public var local: LocalDateTime { LocalDateTime(instant, offset: offset) }
    public var date: LocalDate { local.date }
    public var time: LocalTime { local.time }

    /// The same instant seen from another zone.
    public func converted(to zone: Zone) -> ZonedDateTime {
        zone == self.zone ? self : ZonedDateTime(instant, in: zone)
    }
}
