import TaskKit

/// The types of trigger that the engine itself evaluates, for the catalogue.
public enum EngineTriggers {
    public static let all: [any TriggerType.Type] = [Schedule.self, ScheduleOnDates.self, Webhook.self, FlowEnd.self]
}
