import FlowModel
import TaskKit

/// Runs commands, with the programs of some language in mind. Source: engine spec §6.9, since-0.20 §7.
struct CommandsTask<Language: ScriptLanguage>: RunnableTask {
    static var about: TaskAbout {
        TaskAbout(
            type: Language.facts.type("Commands"),
            title: "Run \(Language.facts.title) commands.",
            details: ScriptTexts.details,
            example: ScriptTexts.example(Language.facts, isScript: false)
        )
    }

    @Property("The commands, which are run one after the other in one shell.")
    var commands: Unrendered

    let options = ScriptOptions()

    func run(_ context: RunContext) async throws(TaskFailure) -> ScriptOutputs {
        try await ScriptRun.run(options.plan(Language.facts, .commands(commands.value)), context)
    }
}
