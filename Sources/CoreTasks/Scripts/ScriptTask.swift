import FlowModel
import TaskKit

/// Runs a script of some language. Source: engine spec §6.9, since-0.20 §7.
struct ScriptTask<Language: ScriptLanguage>: RunnableTask {
    static var about: TaskAbout {
        TaskAbout(
            type: Language.facts.type("Script"),
            title: "Run a \(Language.facts.title) script.",
            details: ScriptTexts.details,
            example: ScriptTexts.example(Language.facts, isScript: true)
        )
    }

    @Property("The script.")
    var script: Unrendered

    let options = ScriptOptions()

    func run(_ context: RunContext) async throws(TaskFailure) -> ScriptOutputs {
        try await ScriptRun.run(options.plan(Language.facts, .script(script.value)), context)
    }
}
