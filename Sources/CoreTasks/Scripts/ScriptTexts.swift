/// What the documentation of all script tasks says.
enum ScriptTexts {
    static let details = """
        Runs as a process of this machine, in a working directory of its own that is removed afterwards. Lines of the \
        output are logged at INFO, those of the error output at ERROR. A line of the form `::{"outputs": {"name": 1}}::` \
        gives values to the tasks that follow, as `outputs.<task id>.vars.name`. An exit code other than 0 fails the \
        task. The server's environment is passed on, without its settings and secrets (`SLUICE_…`, `KESTRA_…`, \
        `SECRET_…`).
        """

    /// A task that works.
    static func example(_ facts: LanguageFacts, isScript: Bool) -> String {
        let head = "id: \(facts.name)\ntype: \(facts.type(isScript ? "Script" : "Commands"))\n"
        guard isScript else { return head + "commands:\n  - \(facts.exampleCommand)\n" }
        let lines = facts.exampleScript.split(separator: "\n", omittingEmptySubsequences: false)
        return head + "script: |\n" + lines.map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()
    }
}
