import FlowModel

/// Reads cron expressions; every refusal says which part is wrong and how to put it right.
struct CronParser {
    let text: String
    let withSeconds: Bool

    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    func fields() throws(Problem) -> CronFields {
        let trimmed = text.split(whereSeparator: \.isWhitespace)
        if trimmed.count == 1, trimmed[0].hasPrefix("@") {
            guard let meaning = Self.nicknames[String(trimmed[0])] else {
                throw problem(
                    "there is no nickname \(trimmed[0])",
                    fix: "use one of \(Self.nicknames.keys.sorted().joined(separator: ", "))")
            }
            return try read(meaning.split(separator: " "), units: [.minute, .hour, .day, .month, .weekday])
        }
        let units: [CronUnit] = (withSeconds ? [.second] : []) + [.minute, .hour, .day, .month, .weekday]
        guard trimmed.count == units.count else { throw wrongCount(trimmed.count, expected: units.count) }
        return try read(trimmed, units: units)
    }

    private func read(_ parts: [Substring], units: [CronUnit]) throws(Problem) -> CronFields {
        var fields = CronFields(
            second: .single(0, .second), minute: .whole(.minute), hour: .whole(.hour), day: .whole(.day),
            month: .whole(.month), weekday: .whole(.weekday))
        for (part, unit) in zip(parts, units) {
            let field = try field(part, unit)
            switch unit {
            case .second: fields.second = field
            case .minute: fields.minute = field
            case .hour: fields.hour = field
            case .day: fields.day = field
            case .month: fields.month = field
            case .weekday: fields.weekday = field
            }
        }
        return fields
    }

    private func field(_ text: Substring, _ unit: CronUnit) throws(Problem) -> CronField {
        var items: [CronField.Item] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            items.append(try self.item(item, unit, in: text))
        }
        return CronField(unit: unit, items: items)
    }

    /// `*`, `5`, `1-5`, `MON-FRI`, each also with `/step` behind.
    private func item(_ text: Substring, _ unit: CronUnit, in field: Substring) throws(Problem) -> CronField.Item {
        if text.isEmpty {
            throw problem(
                "the \(unit.name) field `\(field)` has an empty element", fix: "remove the comma that is too much")
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw problem("`\(text)` has more than one step", fix: nil) }
        let step = parts.count == 2 ? try self.step(parts[1], unit, in: text) : nil
        if parts[0] == "*" { return CronField.Item(range: unit.range, step: step ?? 1, isWhole: true) }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw problem("`\(text)` is no range", fix: "write a range as `1-5`") }
        let first = try number(ends[0], unit, in: text)
        guard ends.count == 2 else {
            return CronField.Item(
                range: first...(step == nil ? first : unit.range.upperBound), step: step ?? 1, isWhole: false)
        }
        var last = try number(ends[1], unit, in: text)
        // A week may end with its Sunday: FRI-SUN.
        if unit == .weekday, last == 0, first > 0, ends[1].first?.isLetter == true { last = 7 }
        guard first <= last else {
            throw problem(
                "the range `\(parts[0])` in the \(unit.name) field goes backwards",
                fix: "write two ranges: `\(ends[0])-\(unit.range.upperBound),\(unit.range.lowerBound)-\(ends[1])`")
        }
        return CronField.Item(range: first...last, step: step ?? 1, isWhole: false)
    }

    private func step(_ text: Substring, _ unit: CronUnit, in item: Substring) throws(Problem) -> Int {
        guard let step = plainNumber(text), 1...unit.range.upperBound ~= step else {
            throw problem(
                "the step of `\(item)` in the \(unit.name) field must be a number from 1 to \(unit.range.upperBound)",
                fix:
                    "a step counts within the field only: every 90 minutes, say, cannot be written as one cron expression"
            )
        }
        return step
    }

    private func number(_ text: Substring, _ unit: CronUnit, in item: Substring) throws(Problem) -> Int {
        if text == "?" {
            throw problem("`?` is not accepted in the \(unit.name) field", fix: "write `*`")
        }
        guard let number = plainNumber(text) ?? unit.number(named: String(text)) else {
            throw problem("`\(item)` is no \(unit.name)", fix: "use \(Self.hint(unit))")
        }
        guard unit.range.contains(number) else {
            throw problem(
                "\(number) is no \(unit.name): it must be from \(unit.range.lowerBound) to \(unit.range.upperBound)",
                fix: nil)
        }
        return number
    }

    private func plainNumber(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int(text)
    }

    private static func hint(_ unit: CronUnit) -> String {
        let numbers = "numbers from \(unit.range.lowerBound) to \(unit.range.upperBound)"
        return switch unit {
        case .month: "\(numbers) or JAN to DEC"
        case .weekday: "\(numbers) or SUN to SAT"
        default: numbers
        }
    }

    private func wrongCount(_ count: Int, expected: Int) -> Problem {
        let names = (withSeconds ? "second " : "") + "minute hour day-of-month month day-of-week"
        let fix =
            switch (count, withSeconds) {
            case (6, false): "remove the first field, which counts seconds elsewhere, or set `withSeconds: true`"
            case (5, true): "add a seconds field in front, such as `0`, or remove `withSeconds`"
            default: "write for example `\(withSeconds ? "0 " : "")0 8 * * 1-5`"
            }
        return problem("it has \(count) fields where \(expected) are expected (\(names))", fix: fix)
    }

    private func problem(_ reason: String, fix: String?) -> Problem {
        Problem("schedule.invalid-cron", what: "invalid cron expression '\(text)': \(reason)", fix: fix)
    }
}
