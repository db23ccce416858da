import FlowModel

/// DATETIME, DATE, TIME and DURATION: read as ISO 8601 texts, kept as their shortest forms.
enum TimeInputs {
    /// Kept in UTC: `2019-10-06T18:27:49Z`.
    static func dateTime(_ raw: Value, of input: FlowInput) throws(InputFault) -> Value {
        try read(raw, of: input, bounds: ("after", "before"), words: "it") { (text) throws(Problem) in
            try Instant(iso: text)
        }
    }

    static func date(_ raw: Value, of input: FlowInput) throws(InputFault) -> Value {
        try read(raw, of: input, bounds: ("after", "before"), words: "it") { (text) throws(Problem) in
            try LocalDate(iso: text)
        }
    }

    static func time(_ raw: Value, of input: FlowInput) throws(InputFault) -> Value {
        try read(raw, of: input, bounds: ("after", "before"), words: "it") { (text) throws(Problem) in
            try LocalTime(iso: text)
        }
    }

    static func duration(_ raw: Value, of input: FlowInput) throws(InputFault) -> Value {
        try read(raw, of: input, bounds: ("min", "max"), words: "It") { (text) throws(Problem) in try ISODuration(text)
        }
    }

    private static func read<Time: Comparable & CustomStringConvertible>(
        _ raw: Value, of input: FlowInput, bounds: (String, String), words: String,
        _ parse: (String) throws(Problem) -> Time
    ) throws(InputFault) -> Value {
        let time: Time
        do throws(Problem) {
            time = try parse(raw.inputText)
        } catch {
            throw .unreadable(raw, as: input.kind, because: error.what + (error.fix.map { ", \($0)" } ?? ""))
        }
        let (least, most) = (try bound(bounds.0, of: input, parse), try bound(bounds.1, of: input, parse))
        let (above, below) = input.kind == .duration ? ("more than", "less than") : ("after", "before")
        if let least, time < least { throw InputFault("\(words) must be \(above) `\(least)`") }
        if let most, time > most { throw InputFault("\(words) must be \(below) `\(most)`") }
        return .string(time.description)
    }

    private static func bound<Time>(
        _ name: String, of input: FlowInput, _ parse: (String) throws(Problem) -> Time
    ) throws(InputFault) -> Time? {
        guard let value = Value.bound(name, of: input) else { return nil }
        do throws(Problem) {
            return try parse(value.inputText)
        } catch {
            throw InputFault("its `\(name)` cannot be read: \(error.what)")
        }
    }
}
