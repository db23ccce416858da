import FlowModel
import TaskKit

/// Runs commands with Python in mind, with packages of their own. Source: engine spec §6.9, since-0.20 §7.
struct PythonCommandsTask: RunnableTask {
    static var about: TaskAbout {
        TaskAbout(
            type: Python.facts.type("Commands"),
            title: "Run Python commands.",
            details: ScriptTexts.details + " " + PythonPackages.details,
            example: ScriptTexts.example(Python.facts, isScript: false)
        )
    }

    @Property("The commands, which are run one after the other in one shell.")
    var commands: Unrendered

    let python = PythonOptions()
    let options = ScriptOptions()

    func run(_ context: RunContext) async throws(TaskFailure) -> ScriptOutputs {
        try await ScriptRun.run(
            options.plan(Python.facts, .commands(commands.value), packages: python.packages), context)
    }
}
