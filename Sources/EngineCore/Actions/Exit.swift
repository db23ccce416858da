import FlowModel
import TaskKit

/// Source: since-0.20 §3.
struct Exit: EngineAction {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.execution.Exit",
        title: "End the current execution at once.",
        details: "This task, those around it and the execution take the state; nothing further starts.",
        example: """
            id: nothing_to_do
            type: io.kestra.plugin.core.execution.Exit
            state: WARNING
            """
    )

    enum Outcome: String, PropertyChoice {
        case success = "SUCCESS", warning = "WARNING", failed = "FAILED", killed = "KILLED"
        case canceled = "CANCELED", cancelled = "CANCELLED"
    }

    @Property("The execution's final state.")
    var state: Outcome = .success

    func act(_ site: ActionSite) -> ActionResult {
        switch state {
        case .success: .exit(.success)
        case .warning: .exit(.warning)
        case .failed: .exit(.failed)
        case .killed: .exit(.killed)
        case .canceled, .cancelled: .exit(.cancelled)
        }
    }
}
