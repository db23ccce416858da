import FlowModel
import TaskKit

/// What all script tasks may say. Source: engine spec §6.9, since-0.20 §7.
struct ScriptOptions: PropertyBundle {
    @Property("Commands to run before, in the same shell.")
    var beforeCommands: Unrendered?

    @Property("The program that is given all lines as its last argument, such as [\"/bin/bash\", \"-c\"].")
    var interpreter: OneOrMany?

    @Property("Whether to stop at the first command that fails.")
    var failFast = true

    @Property("Environment variables, besides those of the server.")
    var env: Unrendered?

    @Property("Files to write to the working directory before: contents, or URIs of stored files, by relative path.")
    var inputFiles: Unrendered?

    @Property("Patterns of the files to keep from the working directory, such as `*.csv` or `**/*.json`.")
    var outputFiles: OneOrMany?

    @Property("Which namespace files to copy to the working directory.")
    var namespaceFiles: NamespaceFiles?

    @Property("Whether a run that wrote to its error output ends with a warning. Not so unless said here.")
    var warningOnStdErr = false

    @Property("Where to run. Processes of this machine are what there is: io.kestra.plugin.core.runner.Process.")
    var taskRunner: Unrendered?

    @Property("A container image; not used by processes.")
    var containerImage: Unrendered?

    @Property("The operating system that the commands are for; not used.")
    var targetOS: String?

    @Property(deprecated: "Whether there is a folder, `{{ outputDir }}`, whose files are all kept.")
    var outputDirectory = false

    @Property(deprecated: "PROCESS or DOCKER; write `taskRunner` instead.")
    var runner: String? = nil

    @Property(deprecated: "Options of containers; not used.")
    var docker: Unrendered? = nil

    func plan(_ language: LanguageFacts, _ work: ScriptPlan.Work, packages: PythonPackages? = nil) -> ScriptPlan {
        ScriptPlan(
            language: language, work: work, beforeCommands: beforeCommands?.value, interpreter: interpreter?.texts,
            failFast: failFast, env: env?.value, inputFiles: inputFiles?.value, outputFiles: outputFiles?.texts ?? [],
            namespaceFiles: namespaceFiles, warnsOnErrorOutput: warningOnStdErr,
            hasOutputFolder: outputDirectory || runner != nil, taskRunner: taskRunner?.value, runner: runner,
            packages: packages)
    }
}

extension RunnableTask where Outputs == ScriptOutputs {
    func state(of outputs: ScriptOutputs) -> State { outputs.isWarning ? .warning : .success }
}
