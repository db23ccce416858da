import FlowModel
import TaskKit

/// Starts a flow on a list of dates. Source: engine spec §7.4.
public struct ScheduleOnDates: TriggerType {
    public static let about = TaskAbout(
        type: "io.kestra.plugin.core.trigger.ScheduleOnDates", title: "Start the flow on certain dates.",
        example: """
            - id: releases
              type: io.kestra.plugin.core.trigger.ScheduleOnDates
              timezone: Europe/Paris
              dates: ["2030-01-01T00:00:00+01:00", "2030-07-01T00:00:00+02:00"]
            """
    )
    public static let variables: [OutputAbout] = []

    @Property("The dates, with or without an offset.") public var dates: Value
    @Property("The time zone of dates without an offset; the server's own without it.") public var timezone: String?
    @Property("Values for the flow's inputs.") public var inputs: Unrendered?
    @Property("What becomes of dates missed while the server was down: all of them, the last one, or none.")
    public var recoverMissedSchedules: Schedule.Recovery?

    public init() {}
}
