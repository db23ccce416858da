import FlowModel
import TaskKit

/// The dates and times in conditions.
enum ConditionDates {
    /// The date that a condition judges: the one it names, else the context's.
    static func judged(_ text: String?, in context: ConditionContext) throws(TaskFailure) -> ZonedDateTime {
        guard let text, !text.isEmpty else {
            guard let date = context.date else {
                throw TaskFailure("The condition has no date to judge; give it a `date`.")
            }
            return date
        }
        return try read(text, "date", in: context)
    }

    /// A date with offset, a date and time or a plain date.
    static func read(_ text: String, _ property: String, in context: ConditionContext) throws(TaskFailure)
        -> ZonedDateTime
    {
        let zone = context.date?.zone ?? context.scope.world.timeZone
        do throws(Problem) {
            return try ZonedDateTime(reading: text, in: zone)
        } catch {
            throw .property(property, "cannot be read: \(error.what)", fix: error.fix)
        }
    }
}

/// A time of day with an offset, compared by its moment in UTC.
struct OffsetTime: Comparable {
    private let nanoOfDay: Int64

    init(_ moment: ZonedDateTime) {
        nanoOfDay = moment.time.nanoOfDay - Int64(moment.offset) * 1_000_000_000
    }

    /// `16:19:11+02:00`, `16:19Z`.
    init(_ text: String, property: String) throws(TaskFailure) {
        let start = text.dropFirst(5).firstIndex { $0 == "+" || $0 == "-" || $0 == "Z" || $0 == "z" } ?? text.endIndex
        guard let time = try? LocalTime(iso: String(text[..<start])), start < text.endIndex,
            let offset = (try? Zone(String(text[start...])))?.fixedOffset
        else {
            throw .property(
                property, "is `\(text)`, not a time of day with offset", fix: "write it like 16:19:11+02:00")
        }
        nanoOfDay = time.nanoOfDay - Int64(offset) * 1_000_000_000
    }

    static func < (one: OffsetTime, other: OffsetTime) -> Bool { one.nanoOfDay < other.nanoOfDay }
}

extension Weekday: PropertyChoice {}
