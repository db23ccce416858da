import FlowModel

/// The dates of a schedule: by a cron expression, or a list.
enum ScheduleDates: Sendable {
    case cron(CronSchedule, Zone)
    /// Ascending.
    case list([Timestamp])

    /// The first date after a moment; nil when there is none any more.
    func next(after moment: Timestamp) -> Timestamp? {
        switch self {
        case .cron(let cron, let zone): cron.next(after: moment, in: zone)
        case .list(let dates): dates.first { $0 > moment }
        }
    }

    /// The last date before a moment.
    func previous(before moment: Timestamp) -> Timestamp? {
        switch self {
        case .cron(let cron, let zone): cron.previous(before: moment, in: zone)
        case .list(let dates): dates.last { $0 < moment }
        }
    }
}
