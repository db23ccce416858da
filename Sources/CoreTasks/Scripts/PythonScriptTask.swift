import FlowModel
import TaskKit

/// Runs a Python script, with packages of its own. Source: engine spec §6.9, since-0.20 §7.
struct PythonScriptTask: RunnableTask {
    static var about: TaskAbout {
        TaskAbout(
            type: Python.facts.type("Script"),
            title: "Run a Python script.",
            details: ScriptTexts.details + " " + PythonPackages.details,
            example: ScriptTexts.example(Python.facts, isScript: true)
        )
    }

    @Property("The script.")
    var script: Unrendered

    let python = PythonOptions()
    let options = ScriptOptions()

    func run(_ context: RunContext) async throws(TaskFailure) -> ScriptOutputs {
        try await ScriptRun.run(options.plan(Python.facts, .script(script.value), packages: python.packages), context)
    }
}
