import FlowModel
import TaskKit

/// What happens when a pause's duration is over. Source: since-0.20 §3.
enum PauseBehavior: String, PropertyChoice {
    case resume = "RESUME", warn = "WARN", fail = "FAIL", cancel = "CANCEL"
}

/// Source: engine spec §4.11, since-0.20 §3.
struct Pause: PausingFlowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.Pause",
        aliases: ["io.kestra.core.tasks.flows.Pause"],
        title: "Pause the execution until someone resumes it, or for a time.",
        example: """
            id: approval
            type: io.kestra.plugin.core.flow.Pause
            pauseDuration: P1D
            behavior: FAIL
            onResume:
              - { id: reason, type: STRING }
            """
    )
    static let lists = [
        TaskListAbout("tasks", "Tasks to run after the pause.", isRequired: false),
        TaskListAbout("onPause", "A task to run when the pause begins.", shape: .single), .errors, .finally,
    ]
    static let outputs = [OutputAbout("onResume", "The values given when it was resumed.", .map(.any))]

    @Property("How long the pause lasts when nobody resumes it; for ever when absent.")
    var pauseDuration: ISODuration?

    @Property("What happens when `pauseDuration` is over.")
    var behavior: PauseBehavior = .resume

    @Property(wrappedValue: nil, deprecated: "The same as `pauseDuration`.")
    var delay: ISODuration?

    @Property("The inputs that are asked for on resume, as a flow's `inputs`.")
    var onResume: Unrendered?

    func start(_ site: FlowableSite) -> FlowableStart { .children(.sequence(site.list("tasks"))) }

    func terms(_ site: FlowableSite) throws(TaskFailure) -> PauseTerms {
        if let duration = pauseDuration {
            return PauseTerms(duration: duration, onExpiry: behavior, asks: onResume != nil)
        }
        if let delay { return PauseTerms(duration: delay, onExpiry: .resume, asks: onResume != nil) }
        let timeout = try site.task.timeout.duration(named: "timeout", in: { site.scope })
        return PauseTerms(duration: timeout, onExpiry: timeout == nil ? behavior : .fail, asks: onResume != nil)
    }
}
