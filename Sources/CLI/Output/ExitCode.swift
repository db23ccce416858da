import ArgumentParser

/// What the program's exit code says; the same for every command.
enum Exit {
    /// The answer is no: an execution that failed, a flow that is not valid.
    static let no = ExitCode(1)
    /// Wrong usage, a bad file, a bad configuration.
    static let usage = ExitCode(2)
    static let unreachable = ExitCode(3)
    static let notAllowed = ExitCode(4)
    static let notFound = ExitCode(5)
    static let conflict = ExitCode(6)
    static let timeout = ExitCode(7)
}
