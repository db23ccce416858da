/// The kinds of date and time that expressions know; each prints and calculates in its own way.
public enum Moment: Sendable, Hashable {
    /// A point in time seen from a zone: keeps the zone's name where it has one.
    case zoned(ZonedDateTime)
    /// A point in time, with nanoseconds.
    case instant(Instant)
    /// A date and time of day that belongs to no zone.
    case localDateTime(LocalDateTime)
    case localDate(LocalDate)
    /// The date type of old: an instant of whole milliseconds with a print form of its own.
    case legacy(Instant)
}
