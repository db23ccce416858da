/// A language that scripts are written in. Each is a table entry: two types of task come of it, Script and Commands.
protocol ScriptLanguage: Sendable {
    static var facts: LanguageFacts { get }
}

/// What sets one language apart. Source: since-0.20 §7.
struct LanguageFacts: Sendable {
    /// As in the type's name: `python`.
    var name: String
    /// As people write it: `Python`.
    var title: String
    /// What the name of a script file ends with.
    var fileExtension: String
    /// The command that runs a script file: `python {file}`. Nil where the script is what the interpreter is given.
    var command: String?
    /// What commands are given to, as the last argument.
    var interpreter = ["/bin/sh", "-c"]
    /// The line that makes it stop at the first command that fails.
    var failFastLine = "set -e"
    /// Makes the script's text ready to be a file.
    var prepare: @Sendable (String) -> String = { $0 }
    /// Lines to begin the commands with, for what this machine lacks.
    var prelude: @Sendable () -> [String] = { [] }
    /// A script for the documentation, and a command.
    var exampleScript: String
    var exampleCommand: String

    func type(_ kind: String) -> String { "io.kestra.plugin.scripts.\(name).\(kind)" }
}
