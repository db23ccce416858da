import FlowModel

/// Dates as seconds since 1970 and as texts.
enum JqDates {
    static let all: [String: JqNatives.Native] = [
        "now/0": { _, run in
            let now = run.run.world.now
            return .double(Double(now.seconds) + Double(now.nanoseconds) / 1e9)
        },
        "todate/0": { values, _ throws(JqStop) in .string(try isoText(try JqMath.number(values[0], "todate"))) },
        "fromdate/0": { values, _ throws(JqStop) in try seconds(ofISO: values[0]) },
        "gmtime/0": { values, _ throws(JqStop) in
            let number = try JqMath.number(values[0], "gmtime")
            let local = LocalDateTime(try instant(number), offset: 0)
            let second = Double(local.time.second) + (number - number.rounded(.down))
            return .list(
                [
                    local.date.year, local.date.month - 1, local.date.day, local.time.hour, local.time.minute,
                ].map { .int(Int64($0)) } + [
                    JqNumber.value(second), .int(Int64(local.date.dayOfWeek.number % 7)),
                    .int(Int64(local.date.dayOfYear - 1)),
                ])
        },
        "mktime/0": { values, _ throws(JqStop) in .int(try brokenDown(values[0]).localEpochSecond) },
        "strftime/1": { values, _ throws(JqStop) in
            let local: LocalDateTime
            if let number = values[0].asDouble {
                local = LocalDateTime(try instant(number), offset: 0)
            } else {
                local = try brokenDown(values[0])
            }
            return .string(try text(of: local, try JqNatives.text(values[1], "strftime")))
        },
        "strptime/1": { values, _ throws(JqStop) in
            let (text, format) = (try JqNatives.text(values[0], "strptime"), try JqNatives.text(values[1], "strptime"))
            let pattern = try javaPattern(format, reading: true)
            guard let moment = try? DatePattern(pattern).read(text, in: .utc) else {
                throw .message("date \"\(text)\" does not match format \"\(format)\"")
            }
            let local = LocalDateTime(moment.instant, offset: 0)
            return .list(
                [
                    local.date.year, local.date.month - 1, local.date.day, local.time.hour, local.time.minute,
                    local.time.second, local.date.dayOfWeek.number % 7, local.date.dayOfYear - 1,
                ].map { .int(Int64($0)) })
        },
    ]

    private static func instant(_ number: Double) throws(JqStop) -> Instant {
        guard let second = Int64(exactly: number.rounded(.down)), second.magnitude < 1_000_000_000_000 else {
            throw .message("a date must be a number of seconds since 1970")
        }
        return Instant(seconds: second)
    }

    private static func isoText(_ number: Double) throws(JqStop) -> String { try instant(number).description }

    private static func seconds(ofISO value: Value) throws(JqStop) -> Value {
        let text = try JqNatives.text(value, "fromdate")
        guard let instant = try? Instant(iso: text) else {
            throw .message("date \"\(text)\" does not match format \"%Y-%m-%dT%H:%M:%SZ\"")
        }
        return .int(instant.seconds)
    }

    private static func brokenDown(_ value: Value) throws(JqStop) -> LocalDateTime {
        let fields = (value.list ?? []).map { $0.asDouble.flatMap { Int(exactly: $0.rounded(.down)) } }
        guard fields.count >= 6, let year = fields[0], let month = fields[1], let day = fields[2], let hour = fields[3],
            let minute = fields[4], let second = fields[5],
            let date = LocalDate(year: year, month: month + 1, day: day),
            let time = LocalTime(hour: hour, minute: minute, second: second)
        else { throw .message("a broken down time is an array of numbers: year, month, day, hours, minutes, seconds") }
        return date.at(time)
    }

    private static func text(of local: LocalDateTime, _ format: String) throws(JqStop) -> String {
        let pattern = try javaPattern(format, reading: false)
        guard let form = try? DatePattern(pattern) else { throw .message("strftime format \"\(format)\" is not known") }
        return form.text(of: ZonedDateTime(local, in: .utc))
    }

    /// `%Y-%m-%d` as `yyyy'-'MM'-'dd`.
    private static func javaPattern(_ format: String, reading: Bool) throws(JqStop) -> String {
        let letters: [Character: String] = [
            "Y": "yyyy", "m": "MM", "d": "dd", "e": "ppd", "H": "HH", "I": "hh", "M": "mm", "S": "ss", "p": "a",
            "j": "DDD",
            "a": "EEE", "A": "EEEE", "b": "MMM", "h": "MMM", "B": "MMMM", "y": "yy", "Z": reading ? "z" : "z",
            "z": reading ? "[XXX][XX]" : "xx", "T": "HH:mm:ss", "D": "MM/dd/yy", "F": "yyyy-MM-dd", "R": "HH:mm",
            "c": "EEE MMM ppd HH:mm:ss yyyy", "u": "e", "%": "'%'", "n": "'\n'", "t": "'\t'",
        ]
        var (pattern, isDirective) = ("", false)
        for character in format {
            if isDirective {
                guard let letter = letters[character] else { throw .message("%\(character) is not known in dates") }
                pattern += letter
                isDirective = false
            } else if character == "%" {
                isDirective = true
            } else if character.isLetter || "[]{}#".contains(character) {
                pattern += "'\(character)'"
            } else {
                pattern += character == "'" ? "''" : String(character)
            }
        }
        // Two quoted letters side by side would read as a quote.
        return pattern.replacing("''", with: "")
    }
}
