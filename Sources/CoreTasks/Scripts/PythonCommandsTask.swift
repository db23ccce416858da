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

    @Property("Packages to install before, such as `requests>=2`. They are kept for the next run.")
    var dependencies: [String]?

    @Property("The Python to use, such as 3.12, where this machine has several.")
    var pythonVersion: String?

    @Property("What installs packages. UV where this machine has it, else PIP.")
    var packageManager: PythonPackages.Manager = .uv

    @Property("Whether installed packages are kept for the next run.")
    var dependencyCacheEnabled = true

    @Property("Not used: nothing is installed on this machine by itself.")
    var uvAutoInstallEnabled: Bool?

    @Property("Not used.")
    var uvInstallerVersion: String?

    @Property("Not used.")
    var uvInstallerSha256: String?

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

    func run(_ context: RunContext) async throws(TaskFailure) -> ScriptOutputs {
        try await ScriptRun.run(
            ScriptPlan(
                language: Python.facts, work: .commands(commands.value), beforeCommands: beforeCommands?.value,
                interpreter: interpreter?.texts, failFast: failFast, env: env?.value, inputFiles: inputFiles?.value,
                outputFiles: outputFiles?.texts ?? [], namespaceFiles: namespaceFiles,
                warnsOnErrorOutput: warningOnStdErr, hasOutputFolder: outputDirectory || runner != nil,
                taskRunner: taskRunner?.value, runner: runner,
                packages: PythonPackages(
                    names: dependencies ?? [], version: pythonVersion, manager: packageManager,
                    isKept: dependencyCacheEnabled)),
            context)
    }

    func state(of outputs: ScriptOutputs) -> State { outputs.isWarning ? .warning : .success }
}
