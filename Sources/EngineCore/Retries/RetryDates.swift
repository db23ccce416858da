import FlowModel

extension Retry {
    /// When the next attempt is due; nil when there is none left. Source: engine spec §5.2, since-0.20 §2.
    /// - Parameters:
    ///   - made: attempts made so far, at least one.
    ///   - first: the start of the first attempt.
    ///   - last: the end of the last one.
    ///   - seed: chance for the random pace; the same seed gives the same moment.
    func nextDate(made: Int, first: Timestamp, last: Timestamp, seed: UInt64) -> Timestamp? {
        if let maxAttempts, made >= maxAttempts { return nil }
        let next = last.advanced(by: interval(after: made, seed: seed))
        if let maxDuration, next >= first.advanced(by: maxDuration) { return nil }
        return next
    }

    private func interval(after made: Int, seed: UInt64) -> ISODuration {
        switch pace {
        case .constant(let interval): return interval
        case .exponential(let interval, let longest, let factor):
            var milliseconds = Double(interval.milliseconds)
            for _ in 1..<max(made, 1) where milliseconds < Double(longest.milliseconds) { milliseconds *= factor }
            return min(longest, .milliseconds(Int64(min(milliseconds, Double(longest.milliseconds)))))
        case .random(let shortest, let longest):
            let span = UInt64(max(longest.milliseconds - shortest.milliseconds, 1))
            return .milliseconds(shortest.milliseconds + Int64(seed % span))
        }
    }
}

extension ExecutionID {
    /// Chance that belongs to one attempt at one task run: always the same for the same attempt.
    func chance(taskRun: Int, attempt: Int) -> UInt64 {
        var mixed = low ^ high.byteSwapped
        for number in [taskRun, attempt] {
            mixed = (mixed ^ UInt64(truncatingIfNeeded: number) &+ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
            mixed ^= mixed >> 29
        }
        mixed = (mixed ^ (mixed >> 32)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
