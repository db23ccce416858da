import FlowModel

/// When a schedule fires: the seconds, minutes, hours, days, months and weekdays that a cron expression allows, as bits.
///
/// Five fields (minute, hour, day of month, month, day of week), or six with seconds in front; lists, ascending ranges,
/// steps, names, weekdays 0–7 with Sunday as 0 and 7, and the nicknames `@hourly`, `@daily`, …. A field is restricted when
/// it is anything but `*`; with both day fields restricted, a day that fits either is enough.
/// Source: engine spec §7.3; crontab(5).
public struct CronSchedule: Sendable, Hashable {
    /// The expression as it was written.
    public let text: String
    public let withSeconds: Bool

    let seconds: UInt64
    let minutes: UInt64
    let hours: UInt64
    /// Bits 1 … 31.
    let days: UInt64
    /// Bits 1 … 12.
    let months: UInt64
    /// Bits 0 … 6, Sunday first.
    let weekdays: UInt64
    let restrictsDays: Bool
    let restrictsWeekdays: Bool

    /// - Parameter withSeconds: whether a seconds field stands in front.
    /// - Throws: `schedule.invalid-cron`: ``invalid cron expression '61 * * * *': 61 is no minute …``.
    public init(_ text: String, withSeconds: Bool = false) throws(Problem) {
        let fields = try CronParser(text: text, withSeconds: withSeconds).fields()
        self.text = text
        self.withSeconds = withSeconds
        seconds = fields.second.bits
        minutes = fields.minute.bits
        hours = fields.hour.bits
        days = fields.day.bits
        months = fields.month.bits
        weekdays = fields.weekday.bits & 0x7F | fields.weekday.bits >> 7
        restrictsDays = fields.day.isRestricted
        restrictsWeekdays = fields.weekday.isRestricted
    }

    /// Whether it counts the hours as they pass instead of naming some: then a clock that is set back is no reason to
    /// pause, nor one set forward a reason to catch up.
    var isEveryHour: Bool { hours == 0xFF_FFFF }
}

extension UInt64 {
    /// The lowest bit that is set, not below `number`.
    func firstBit(from number: Int) -> Int? {
        guard number < 64 else { return nil }
        let rest = self & (UInt64.max << UInt64(number))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The highest bit that is set, not above `number`.
    func lastBit(to number: Int) -> Int? {
        guard number >= 0 else { return nil }
        let rest = number >= 63 ? self : self & ((1 << UInt64(number + 1)) - 1)
        return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
    }
}
