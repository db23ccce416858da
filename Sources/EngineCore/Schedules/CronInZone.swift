import FlowModel

/// The moments of a schedule in a time zone.
///
/// Where clocks change:
/// - A schedule of every hour (`*/15 * * * *`) fires as the clock shows its minutes: in the repeated hour again, in the
///   skipped one not.
/// - A schedule that names hours (`30 2 * * *`) fires once a day for each of its times: at the first of two equal times;
///   times that are skipped count once, at the moment of the change (02:30 is skipped at 02:00 → fires at 03:00).
extension CronSchedule {
    /// The first moment after `moment` at which it fires; nil for a day that never comes.
    public func next(after moment: Timestamp, in zone: Zone) -> Timestamp? {
        next(after: moment.milliseconds.wholeSeconds, in: zone).map { Timestamp(milliseconds: $0 * 1000) }
    }

    /// The last moment before `moment` at which it fires; nil for a day that never comes.
    public func previous(before moment: Timestamp, in zone: Zone) -> Timestamp? {
        let second = moment.milliseconds.wholeSeconds
        let isWhole = second * 1000 == moment.milliseconds
        return previous(before: isWhole ? second : second + 1, in: zone).map { Timestamp(milliseconds: $0 * 1000) }
    }

    /// The next moments after `moment`, at most `limit`, ascending.
    public func firings(after moment: Timestamp, in zone: Zone, limit: Int) -> [Timestamp] {
        var found: [Timestamp] = []
        var last = moment
        while found.count < limit, let next = next(after: last, in: zone) {
            found.append(next)
            last = next
        }
        return found
    }

    private func next(after second: Int64, in zone: Zone) -> Int64? {
        if let offset = zone.fixedOffset { return nextLocal(after: second + Int64(offset)).map { $0 - Int64(offset) } }
        return isEveryHour ? nextByClock(after: second, in: zone) : nextByDay(after: second, in: zone)
    }

    private func previous(before second: Int64, in zone: Zone) -> Int64? {
        if let offset = zone.fixedOffset {
            return previousLocal(before: second + Int64(offset)).map { $0 - Int64(offset) }
        }
        return isEveryHour ? previousByClock(before: second, in: zone) : previousByDay(before: second, in: zone)
    }

    // MARK: schedules of every hour: each stretch between two changes by itself

    private func nextByClock(after second: Int64, in zone: Zone) -> Int64? {
        var start = second
        while true {
            let offset = Int64(zone.offset(at: start + 1))
            guard let local = nextLocal(after: start + offset) else { return nil }
            guard let change = zone.nextTransition(after: start + 1), change <= local - offset else {
                return local - offset
            }
            start = change - 1
        }
    }

    private func previousByClock(before second: Int64, in zone: Zone) -> Int64? {
        var end = second
        while true {
            let offset = Int64(zone.offset(at: end - 1))
            guard let local = previousLocal(before: end + offset) else { return nil }
            guard let change = zone.lastTransition(after: local - offset, before: end) else { return local - offset }
            end = change
        }
    }

    // MARK: schedules that name hours: each local time once

    private func nextByDay(after second: Int64, in zone: Zone) -> Int64? {
        var local = second + Int64(zone.offset(at: second))
        while let candidate = nextLocal(after: local) {
            let moment = zone.moment(ofLocal: candidate)
            if moment > second { return moment }
            // `second` lies in the second pass of a repeated hour, whose times have all had their turn.
            guard let change = zone.nextTransition(after: moment), change <= second else {
                local = candidate
                continue
            }
            local = max(candidate, change + Int64(zone.offset(at: moment)) - 1)
        }
        return nil
    }

    private func previousByDay(before second: Int64, in zone: Zone) -> Int64? {
        var local = second + Int64(max(zone.offset(at: second), zone.offset(at: second - 86_400)))
        while let candidate = previousLocal(before: local) {
            let moment = zone.moment(ofLocal: candidate)
            if moment < second { return moment }
            local = candidate
        }
        return nil
    }
}

extension Zone {
    /// When its clocks show a local second for the first time; the moment of the change for one that they skip.
    fileprivate func moment(ofLocal local: Int64) -> Int64 {
        var start = local - 86_400
        while true {
            let offset = Int64(offset(at: start))
            guard let change = nextTransition(after: start), change + offset <= local else { return local - offset }
            if local < change + Int64(self.offset(at: change)) { return change }
            start = change
        }
    }

    /// The last change between two moments.
    fileprivate func lastTransition(after first: Int64, before second: Int64) -> Int64? {
        var last: Int64?
        var start = first
        while let change = nextTransition(after: start), change < second {
            last = change
            start = change
        }
        return last
    }
}

extension Int64 {
    /// Milliseconds as whole seconds, rounded down.
    fileprivate var wholeSeconds: Int64 { (self - remainder(by: 1000)) / 1000 }
}
