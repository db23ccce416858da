import FlowModel

/// The time within which several executions must fulfil something together. Source: engine spec §7.6.
enum TimeWindow: Sendable, Hashable {
    /// Aligned to midnight, the full hour, or multiples from midnight, then moved.
    case duration(ISODuration, advance: ISODuration)
    /// Opened by the first match.
    case sliding(ISODuration)
    /// From midnight to a time of the same day.
    case deadline(LocalTime)
    /// Between two times of a day.
    case daily(LocalTime, LocalTime)

    static let day = TimeWindow.duration(.hours(24), advance: .zero)

    /// The window that a moment belongs to, or, where it lies outside, that of its day.
    func range(at now: Timestamp, in zone: Zone) -> (start: Timestamp, end: Timestamp) {
        switch self {
        case .duration(let length, let advance):
            let milliseconds = max(length.milliseconds, 1)
            let moved = Timestamp(milliseconds: now.milliseconds - advance.milliseconds)
            let start = Self.aligned(moved, to: milliseconds, in: zone).milliseconds + advance.milliseconds
            return (Timestamp(milliseconds: start), Timestamp(milliseconds: start + milliseconds - 1))
        case .sliding(let length):
            return (now, now.advanced(by: length))
        case .deadline(let time):
            return (Self.moment(.midnight, of: now, in: zone), Self.moment(time, of: now, in: zone))
        case .daily(let start, let end):
            return (Self.moment(start, of: now, in: zone), Self.moment(end, of: now, in: zone))
        }
    }

    private static func moment(_ time: LocalTime, of now: Timestamp, in zone: Zone) -> Timestamp {
        ZonedDateTime(ZonedDateTime(Instant(now), in: zone).date.at(time), in: zone).instant.timestamp
    }

    private static func aligned(_ moment: Timestamp, to length: Int64, in zone: Zone) -> Timestamp {
        let midnight = Self.moment(.midnight, of: moment, in: zone)
        if length % 86_400_000 == 0 { return midnight }
        let unit = length % 3_600_000 == 0 ? 3_600_000 : length
        let passed = moment.milliseconds - midnight.milliseconds
        return Timestamp(milliseconds: midnight.milliseconds + passed - passed.remainder(by: unit))
    }

    // MARK: reading

    /// `{type: DURATION_WINDOW, window: P1D, windowAdvance: P0D}` and the like; a day without any.
    init(_ value: Value?) throws(Problem) {
        guard case .map(let members)? = value else {
            self = .day
            return
        }
        let faults = Self.faults(in: members)
        if let fault = faults.first { throw Problem("trigger.time-window", what: fault) }
        let length = try members["window"].map { (text) throws(Problem) in try ISODuration(text.plain()) } ?? .hours(24)
        switch members["type"]?.string ?? "DURATION_WINDOW" {
        case "SLIDING_WINDOW": self = .sliding(length)
        case "DAILY_TIME_DEADLINE": self = .deadline(try Self.time(members["deadline"]))
        case "DAILY_TIME_WINDOW":
            self = .daily(try Self.time(members["startTime"]), try Self.time(members["endTime"]))
        default:
            let advance = try members["windowAdvance"].map { (text) throws(Problem) in try ISODuration(text.plain()) }
            self = .duration(length, advance: advance ?? .zero)
        }
    }

    private static func time(_ value: Value?) throws(Problem) -> LocalTime { try LocalTime(iso: value?.plain() ?? "") }

    /// What members do not belong to the type. Source: engine spec §1.5, §7.6.
    static func faults(in members: ValueMap) -> [String] {
        let type = members["type"]?.string ?? "DURATION_WINDOW"
        let allowed: [String: [String]] = [
            "DURATION_WINDOW": ["window", "windowAdvance"], "SLIDING_WINDOW": ["window"],
            "DAILY_TIME_DEADLINE": ["deadline"], "DAILY_TIME_WINDOW": ["startTime", "endTime"],
        ]
        guard let own = allowed[type] else {
            return ["`\(type)` is no type of time window, use one of \(allowed.keys.sorted())"]
        }
        let names = [
            ("endTime", "an end time"), ("startTime", "a start time"), ("deadline", "a deadline"),
            ("window", "a window"),
            ("windowAdvance", "a window advance"),
        ]
        return names.compactMap { name, words in
            let isThere = members[name].map { !$0.isNull } ?? false
            let isNeeded = type.hasPrefix("DAILY") && own.contains(name)
            if isThere, !own.contains(name) { return "Time window of type `\(type)` cannot have \(words)." }
            if !isThere, isNeeded { return "Time window of type `\(type)` must have \(words)." }
            return nil
        }
    }
}
