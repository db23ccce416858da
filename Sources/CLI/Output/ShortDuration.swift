import FlowModel

extension ISODuration {
    /// `0.02s`, `41s`, `3m04s`, `2h05m`.
    var short: String {
        let total = milliseconds
        if total < 10_000 { return "\(Double(total / 10) / 100)s" }
        if total < 60_000 { return "\(total / 1000)s" }
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if total < 3_600_000 { return "\(total / 60_000)m\(padded(total / 1000 % 60))s" }
        return "\(total / 3_600_000)h\(padded(total / 60_000 % 60))m"
    }
}
