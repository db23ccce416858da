import FlowModel
import TaskKit

/// Starts a flow by the clock. Source: engine spec §7.3.
public struct Schedule: TriggerType {
    public static let about = TaskAbout(
        type: "io.kestra.plugin.core.trigger.Schedule", aliases: ["io.kestra.core.models.triggers.types.Schedule"],
        title: "Start the flow on a schedule.",
        details: """
            A cron expression has five fields: minute, hour, day of month, month, day of week; or a nickname such as @daily.
            Where clocks change, a schedule that names hours runs once for each of its times; one for every hour runs by
            the hours as they pass.
            """,
        example: """
            - id: mornings
              type: io.kestra.plugin.core.trigger.Schedule
              cron: "30 8 * * 1-5"
              timezone: Europe/Paris
            """
    )
    public static let variables = [
        OutputAbout("date", "The date of this run.", .dateTime),
        OutputAbout("next", "The date of the next run.", .dateTime),
        OutputAbout("previous", "The date of the run before.", .dateTime),
    ]

    @Property("When to run: a cron expression of five fields, or a nickname such as @hourly.") public var cron: String
    @Property("Whether the expression has a sixth field, seconds, in front.") public var withSeconds = false
    @Property("The time zone of the expression, such as Europe/Paris; the server's own without it.")
    public var timezone: String?
    @Property("Values for the flow's inputs.") public var inputs: Unrendered?
    @Property("Dates that are missed by more than this are left out.") public var lateMaximumDelay: ISODuration?
    @Property("What becomes of dates missed while the server was down: all of them, the last one, or none.")
    public var recoverMissedSchedules: Recovery?
    @Property(deprecated: "More conditions; use `conditions`.") public var scheduleConditions: Unrendered? = nil
    @Property(deprecated: "Has no effect; start a backfill by the API.") public var backfill: Unrendered? = nil

    public init() {}

    /// What becomes of dates that were missed.
    public enum Recovery: String, PropertyChoice { case all = "ALL", last = "LAST", none = "NONE" }
}
