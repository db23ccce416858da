/// One field of a cron expression.
enum CronUnit: Sendable {
    case second, minute, hour, day, month, weekday

    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    var name: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day of month"
        case .month: "month"
        case .weekday: "day of week"
        }
    }

    /// The number that a name stands for, by its three letters in any case.
    func number(named name: String) -> Int? {
        switch self {
        case .month: Self.monthNames.firstIndex(of: name.uppercased()).map { $0 + 1 }
        case .weekday: Self.weekdayNames.firstIndex(of: name.uppercased())
        default: nil
        }
    }

    static let monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
}

/// What a field allows.
struct CronField: Sendable {
    struct Item: Sendable, Hashable {
        var range: ClosedRange<Int>
        var step: Int
        /// Written with `*`.
        var isWhole: Bool

        var isSingle: Bool { range.count == 1 }
        var values: StrideThrough<Int> { stride(from: range.lowerBound, through: range.upperBound, by: step) }
    }

    var unit: CronUnit
    var items: [Item]

    static func whole(_ unit: CronUnit) -> CronField {
        CronField(unit: unit, items: [Item(range: unit.range, step: 1, isWhole: true)])
    }

    static func single(_ number: Int, _ unit: CronUnit) -> CronField {
        CronField(unit: unit, items: [Item(range: number...number, step: 1, isWhole: false)])
    }

    var bits: UInt64 {
        items.reduce(0) { bits, item in item.values.reduce(bits) { $0 | 1 << UInt64($1) } }
    }

    /// Anything but a plain `*`.
    var isRestricted: Bool { items != [Item(range: unit.range, step: 1, isWhole: true)] }
}

/// The fields of a whole expression.
struct CronFields: Sendable {
    var second: CronField
    var minute: CronField
    var hour: CronField
    var day: CronField
    var month: CronField
    var weekday: CronField
}
