import FlowModel

/// A schedule in words: `At 08:30, Monday to Friday`, `Every 15 minutes, in January`.
extension CronSchedule {
    public var words: String {
        // The text was read once already, so it reads again.
        guard let fields = try? CronParser(text: text, withSeconds: withSeconds).fields() else { return text }
        return CronWords(fields: fields).sentence
    }
}

private struct CronWords {
    let fields: CronFields

    var sentence: String {
        ([seconds, time] + [days, months]).compactMap(\.self).joined(separator: ", ").capitalizedFirst
    }

    private var seconds: String? {
        let field = fields.second
        if field.items == CronField.single(0, .second).items { return nil }
        if !field.isRestricted { return "every second" }
        if let step = field.wholeStep { return "every \(step) seconds" }
        return "at second \(field.listed(String.init))"
    }

    private var time: String? {
        let (minute, hour) = (fields.minute, fields.hour)
        if let minutes = minute.singles, let hours = hour.singles, minutes.count * hours.count <= 6 {
            return "at " + hours.flatMap { hour in minutes.map { "\(hour.twoDigits):\($0.twoDigits)" } }.inWords
        }
        if !hour.isRestricted { return everyHour }
        let hours = hour.wholeStep.map { "every \($0) hours" } ?? "hour \(hour.listed(String.init))"
        if !minute.isRestricted { return "every minute of \(hours)" }
        if let step = minute.wholeStep { return "every \(step) minutes of \(hours)" }
        if minute.singles == [0], hour.wholeStep != nil { return hours }
        return "at minute \(minute.listed(String.init)) of \(hours)"
    }

    private var everyHour: String? {
        let minute = fields.minute
        if !minute.isRestricted { return seconds == nil ? "every minute" : nil }
        if let step = minute.wholeStep { return step == 1 ? "every minute" : "every \(step) minutes" }
        if minute.singles == [0] { return "every hour" }
        return "at minute \(minute.listed(String.init)) of every hour"
    }

    private var days: String? {
        let byDay = fields.day.isRestricted ? dayOfMonth : nil
        let byWeekday = fields.weekday.isRestricted ? fields.weekday.listed { Self.weekdays[$0 % 7] } : nil
        switch (byDay, byWeekday) {
        case (nil, nil): return fields.hour.isRestricted && !fields.month.isRestricted ? "every day" : nil
        case (let day?, nil): return day
        case (nil, let weekday?): return weekday
        case (let day?, let weekday?): return "\(day) or \(weekday)"
        }
    }

    private var dayOfMonth: String {
        if let step = fields.day.wholeStep { return "every \(step) days of the month" }
        return "on day \(fields.day.listed(String.init)) of the month"
    }

    private var months: String? {
        guard fields.month.isRestricted else { return nil }
        if let step = fields.month.wholeStep { return "every \(step) months from January" }
        return "in " + fields.month.listed { Self.months[$0 - 1] }
    }

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

extension CronField {
    /// The step of a plain `*/n`.
    fileprivate var wholeStep: Int? { items.count == 1 && items[0].isWhole ? items[0].step : nil }

    /// The numbers when each is written by itself.
    fileprivate var singles: [Int]? { items.allSatisfy(\.isSingle) ? items.map(\.range.lowerBound) : nil }

    /// `1, 3 and 5`, `1 to 5`, `every 2nd from 1 to 9`.
    fileprivate func listed(_ name: (Int) -> String) -> String {
        items.map { item in
            let (first, last) = (name(item.range.lowerBound), name(item.range.upperBound))
            if item.isSingle { return first }
            return item.step == 1 ? "\(first) to \(last)" : "every \(item.step.ordinal) from \(first) to \(last)"
        }.inWords
    }
}

extension [String] {
    fileprivate var inWords: String {
        count < 2 ? first ?? "" : dropLast().joined(separator: ", ") + " and " + self[count - 1]
    }
}

extension Int {
    fileprivate var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }

    fileprivate var ordinal: String {
        switch (self % 10, self % 100) {
        case (1, let rest) where rest != 11: "\(self)st"
        case (2, let rest) where rest != 12: "\(self)nd"
        case (3, let rest) where rest != 13: "\(self)rd"
        default: "\(self)th"
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
