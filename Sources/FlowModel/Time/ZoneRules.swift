/// What the time zone database knows of one region: when its clocks changed, and by which rule they go on changing.
final class ZoneRules: Sendable {
    /// How clocks stand between two changes.
    struct Period: Sendable, Hashable {
        /// Seconds ahead of UTC.
        var offset: Int
        var isDaylight: Bool
        var abbreviation: String
    }

    let id: String
    /// Set for regions whose clocks never change, so that they need no search.
    let fixedOffset: Int?
    /// The moments of change, ascending, in seconds since 1970; `periods[i + 1]` begins at `transitions[i]`.
    private let transitions: [Int64]
    private let periods: [Period]
    /// The rule for the time after the last change in the list.
    private let rule: RecurringRule?

    static let utc = ZoneRules(fixed: 0, id: "UTC")

    init(fixed offset: Int, id: String, abbreviation: String? = nil) {
        self.id = id
        fixedOffset = offset
        transitions = []
        periods = [Period(offset: offset, isDaylight: false, abbreviation: abbreviation ?? id)]
        rule = nil
    }

    /// - Parameter periods: one more than there are transitions; the first stands before all of them.
    init(id: String, transitions: [Int64], periods: [Period], rule: RecurringRule?) {
        precondition(periods.count == transitions.count + 1)
        self.id = id
        self.transitions = transitions
        self.periods = periods
        self.rule = rule
        let offsets = Set(
            periods.map(\.offset)
                + (rule.map { [$0.standard.offset, $0.daylight?.offset ?? $0.standard.offset] } ?? []))
        fixedOffset = offsets.count == 1 && periods.count == 1 ? periods[0].offset : nil
    }

    var shortName: String { periods[0].abbreviation }

    func period(at second: Int64) -> Period {
        if let rule, second >= (transitions.last ?? .min) {
            return rule.period(at: second) ?? periods[periods.count - 1]
        }
        return periods[transitions.countNotAfter(second)]
    }

    func nextTransition(after second: Int64) -> Int64? {
        let next = transitions.countNotAfter(second)
        if next < transitions.count { return transitions[next] }
        return rule?.nextTransition(after: second)
    }

    func offset(forLocalSecond local: Int64, preferring preferred: Int?) -> Int {
        let start = local - 86_400
        let first = period(at: start).offset
        var (offsets, gap) = ([first], first)
        var moment = start
        while let change = nextTransition(after: moment), change <= local + 86_400 {
            let (before, after) = (period(at: change - 1).offset, period(at: change).offset)
            if change + Int64(before) <= local, local < change + Int64(after) { gap = before }
            offsets.append(after)
            moment = change
        }
        if offsets.count == 1 { return first }
        let valid = offsets.filter { period(at: local - Int64($0)).offset == $0 }
        if let preferred, valid.contains(preferred) { return preferred }
        return valid.first ?? gap
    }
}

extension ZoneRules: Hashable {
    static func == (one: ZoneRules, other: ZoneRules) -> Bool { one === other || one.id == other.id }
    func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension [Int64] {
    /// How many of these ascending numbers are at most `limit`.
    func countNotAfter(_ limit: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
